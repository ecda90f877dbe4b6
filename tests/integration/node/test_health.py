"""What a node finds wrong with the streams of real ffmpeg, each sent in a way that has one fault."""

import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from chalicelib.domain.findings import FindingCode, Severity
from chalicelib.store import pulses
from tests.integration.node.conftest import Node
from tests.support.encoders import Program
from tests.support.studio import Studio
from tests.support.waiting import until

SECONDS = 60
# Seconds until a finding is raised: the longest is half a minute's window and the start of the stream.
RAISED_WITHIN = 45
STARTED = "Health Finding Start"


@dataclass(frozen=True)
class Way:
    """How the clip is encoded and sent, and what is found; a way without a fault has no finding."""

    name: str
    found: FindingCode | None = None
    severity: Severity | None = None
    size: str = "320x180"
    video: Sequence[str] = ("-g", "50", "-b:v", "400k")
    audio: Sequence[str] = ("-c:a", "aac", "-b:a", "96k", "-ar", "48000", "-ac", "2")
    send: Sequence[str] = ("-re",)


WAYS = (
    Way("clean"),
    Way(
        "keyframes as OBS's Simple mode", FindingCode.GOP_SIZE_LONG, Severity.ERROR, video=("-g", "208", "-b:v", "400k")
    ),
    Way("intra frames only", FindingCode.GOP_SIZE_SHORT, Severity.WARNING, video=("-g", "1", "-b:v", "400k")),
    Way(
        "open groups of pictures",
        FindingCode.OPEN_GOP,
        Severity.WARNING,
        video=("-b:v", "400k", "-x264-params", "scenecut=0:keyint=50:min-keyint=50:open-gop=1:bframes=2"),
    ),
    Way(
        "six B-frames",
        FindingCode.B_FRAMES,
        Severity.INFO,
        video=("-b:v", "400k", "-x264-params", "scenecut=0:keyint=50:min-keyint=50:bframes=6:b-adapt=0"),
    ),
    Way("80 % of real time", FindingCode.VIDEO_INGESTION_STARVED, Severity.WARNING, send=("-readrate", "0.8")),
    Way(
        "130 % of real time",
        FindingCode.VIDEO_INGESTION_FASTER_THAN_REALTIME,
        Severity.WARNING,
        send=("-readrate", "1.3"),
    ),
    Way("720p at 300 kbit/s", FindingCode.BITRATE_LOW, Severity.WARNING, "1280x720", ("-g", "50", "-b:v", "300k")),
    Way("no audio", FindingCode.NO_AUDIO_STREAM, Severity.WARNING, audio=("-an",)),
    Way("MP3", FindingCode.AUDIO_CODEC, Severity.INFO, audio=("-c:a", "libmp3lame", "-b:a", "96k", "-ar", "44100")),
    Way(
        "22 kHz", FindingCode.AUDIO_SAMPLE_RATE, Severity.WARNING, audio=("-c:a", "aac", "-b:a", "96k", "-ar", "22050")
    ),
    Way(
        "six channels",
        FindingCode.AUDIO_TOO_MANY_CHANNELS,
        Severity.WARNING,
        audio=("-c:a", "aac", "-b:a", "192k", "-ac", "6"),
    ),
    Way(
        "4:2:2",
        FindingCode.VIDEO_PROFILE,
        Severity.ERROR,
        video=("-g", "50", "-b:v", "400k", "-pix_fmt", "yuv422p", "-profile:v", "high422"),
    ),
)


def encode(way: Way, path: Path) -> Path:
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi", "-i"]
    command += [f"testsrc2=size={way.size}:rate=25", "-f", "lavfi", "-i", "anoisesrc=amplitude=0.3:sample_rate=48000"]
    command += ["-t", str(SECONDS), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    command += ["-x264-params", "scenecut=0:keyint_min=1", *way.video, *way.audio, str(path)]
    subprocess.run(command, check=True, timeout=120)
    return path


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[Way, Path]:
    folder = tmp_path_factory.mktemp("clips")
    with ThreadPoolExecutor(2) as pool:
        made = pool.map(lambda numbered: encode(numbered[1], folder / f"{numbered[0]}.flv"), enumerate(WAYS))
        return dict(zip(WAYS, made, strict=True))


@pytest.fixture
def streams(node: Node, clips: dict[Way, Path]) -> Iterator[dict[Way, Studio]]:
    """All clips on their way to the node at once."""
    with ExitStack() as ending:
        channels = {}
        for way, clip in clips.items():
            channel = Studio()
            command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", *way.send, "-i", str(clip)]
            url = f"rtmp://127.0.0.1:{node.port}/live/{channel.stream_key}"
            program = Program(way.name, [*command, "-c", "copy", "-f", "flv", url], hide={channel.stream_key: "<key>"})
            ending.enter_context(program)
            channels[way] = channel
        yield channels


def found(channel: Studio) -> dict[str, str]:
    """Code and severity of every finding so far, by the stream's timeline."""
    entries = channel.timeline() if channel.channel.stream_id else []
    return {entry.facts["code"]: entry.facts["severity"] for entry in entries if entry.kind == STARTED}


@pytest.mark.requirement("FX-8")
@pytest.mark.needs("ffmpeg")
def test_each_fault_is_found_and_a_clean_stream_has_none(streams: dict[Way, Studio]) -> None:
    expected = {way.name: {way.found: way.severity} if way.found else {} for way in streams}

    def all_found() -> bool:
        return all(found(channel).items() >= expected[way.name].items() for way, channel in streams.items())

    def seen() -> dict[str, dict[str, str]]:
        return {way.name: found(channel) for way, channel in streams.items()}

    with suppress(AssertionError):  # what is missing is said by the comparison
        until(all_found, "each fault is found", RAISED_WITHIN)
    assert seen() == expected
    poor = next(channel for way, channel in streams.items() if way.found is FindingCode.GOP_SIZE_LONG)
    pulse = until(lambda: pulses.find(poor.stream().stream_id), "a pulse")
    assert [finding.code for finding in pulse.findings] == [FindingCode.GOP_SIZE_LONG]
