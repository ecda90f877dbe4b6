"""`python -m benchmarks.package.soak [minutes]`: one stream in real time, and whether anything drifts or grows.

Printed as JSON: the listed durations beside the programme time they cover, how far picture and sound are apart in the
first segment and in the last, and the node's memory at the start and at the end.
"""

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import m3u8

from benchmarks.ingest import watch
from local.loopback import open_url
from tests.e2e.browser.accounts import Broadcaster, new_broadcaster
from tests.support.stack import running_stack
from tests.support.waiting import until

POLL_S = 1.0
SETTLED_S = 60.0  # until the window is full and caches are warm


def main(minutes: float) -> int:
    with tempfile.TemporaryDirectory(prefix="stream-sync-soak-") as folder, running_stack(Path(folder)) as stack:
        broadcaster = new_broadcaster(stack)
        encoder = subprocess.Popen(_command(f"{stack.rtmp_url}/{broadcaster.stream_key()}"))
        try:
            node = next(pid for name, pid in stack.children().items() if "ingest" in name)
            print(json.dumps(_watched(broadcaster, node, minutes * 60), indent=1))
        finally:
            encoder.terminate()
            encoder.wait()
    return 0


def _command(address: str) -> list[str]:
    picture = ["-re", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30000/1001"]
    sound = ["-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"]
    h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "60", "-b:v", "1M"]
    return ["ffmpeg", "-loglevel", "error", *picture, *sound, *h264, "-c:a", "aac", "-f", "flv", address]


def _watched(broadcaster: Broadcaster, node: int, seconds: float) -> dict[str, Any]:
    index = str(broadcaster.channel()["playback"]["hls_url"])
    until(lambda: _get(index) != b"", "the channel plays", 20.0)
    playlist_url = f"{index.rpartition('/')[0]}/{_get(index).decode().strip().splitlines()[-1]}"
    segments: dict[int, m3u8.Segment] = {}
    memory: list[tuple[float, int]] = []
    began = time.monotonic()
    first = b""
    while time.monotonic() - began < seconds:
        playlist = m3u8.loads(_get(playlist_url).decode())
        for number, segment in enumerate(each for each in playlist.segments if each.uri):
            segments.setdefault(playlist.media_sequence + number, segment)
        memory.append((time.monotonic() - began, watch.memory_kb(node)))
        first = first or _segment(playlist_url, playlist, 0)
        time.sleep(POLL_S)
    last = _segment(playlist_url, playlist, -1)
    numbers = sorted(segments)
    listed = sum(segments[number].duration for number in numbers[:-1])
    covered = (segments[numbers[-1]].program_date_time - segments[numbers[0]].program_date_time).total_seconds()
    settled = [kb for at, kb in memory if at > SETTLED_S]
    return {
        "minutes": round(seconds / 60, 1),
        "segments": len(numbers),
        "missed": numbers[-1] - numbers[0] + 1 - len(numbers),
        "discontinuities": sum(segment.discontinuity for segment in segments.values()),
        "durations_s": round(listed, 3),
        "programme_time_s": round(covered, 3),
        "sound_behind_picture_ms": [_apart(first), _apart(last)],
        "memory_mb": [round(settled[0] / 1024, 1), round(settled[-1] / 1024, 1), round(max(settled) / 1024, 1)],
    }


def _get(url: str) -> bytes:
    try:
        with open_url(urllib.request.Request(url), timeout=30) as answer:
            body: bytes = answer.read()
            return body
    except OSError:  # an HTTPError is one
        return b""


def _segment(playlist_url: str, playlist: m3u8.M3U8, index: int) -> bytes:
    """A file of its own: the init segment and one media segment."""
    base = playlist_url.rpartition("/")[0]
    whole = [segment for segment in playlist.segments if segment.uri]
    return _get(f"{base}/{playlist.segment_map[0].uri}") + _get(f"{base}/{whole[index].uri}")


def _apart(segment: bytes) -> float:
    """Milliseconds from the first picture to the first sound."""
    command = ["ffprobe", "-v", "error", "-show_entries", "packet=codec_type,pts_time", "-of", "json", "-"]
    found = json.loads(subprocess.run(command, input=segment, capture_output=True, check=True).stdout)
    first = {
        kind: min(float(packet["pts_time"]) for packet in found["packets"] if packet["codec_type"] == kind)
        for kind in ("video", "audio")
    }
    return round(1000 * (first["audio"] - first["video"]), 1)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0))
