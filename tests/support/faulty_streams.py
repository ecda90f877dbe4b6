"""Streams of real ffmpeg that have one fault each, and what a node finds wrong with them."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chalicelib.domain.findings import FindingCode, Severity
from tests.support.encoders import Program

SECONDS = 60
SIZE = "320x180"


@dataclass(frozen=True)
class Way:
    """How a clip is encoded and sent, and what is found; a way without a fault has no finding.

    `filters` change the picture before it is encoded. `send` is how ffmpeg reads the clip, `out` what it does with
    the encoded stream on its way out. The fault begins `begins_s` into the stream: where it `freezes`, ffmpeg is
    stopped then. `size_before` is sent first, on a connection of its own.
    """

    name: str
    found: FindingCode | None = None
    severity: Severity | None = None
    size: str = SIZE
    filters: str = "null"
    video: Sequence[str] = ("-g", "50", "-b:v", "400k")
    audio: Sequence[str] = ("-c:a", "aac", "-b:a", "96k", "-ar", "48000", "-ac", "2")
    send: Sequence[str] = ("-re",)
    out: Sequence[str] = ()
    seconds: int = SECONDS
    begins_s: float = 0
    freezes: bool = False
    size_before: str | None = None


CLEAN = Way("clean")
CLEAN_720P = Way(
    "clean",
    size="1280x720",
    video=(
        *("-g", "50", "-b:v", "2M", "-minrate", "2M", "-maxrate", "2M", "-bufsize", "2M"),
        *("-x264-params", "scenecut=0:nal-hrd=cbr:force-cfr=1"),
    ),
)

# Found within half a minute.
QUICK = (
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
    Way(
        "720p at 300 kbit/s", FindingCode.BITRATE_LOW, Severity.WARNING, "1280x720", video=("-g", "50", "-b:v", "300k")
    ),
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
    Way(
        "interlaced",
        FindingCode.INTERLACED_VIDEO,
        Severity.WARNING,
        video=("-g", "50", "-b:v", "400k", "-flags", "+ildct+ilme", "-x264-params", "scenecut=0:tff=1"),
    ),
)

# Sent by benchmarks/health, which has the time.
FURTHER = (
    Way(
        "1 and 3 s between key frames",
        FindingCode.GOP_SIZE_IRREGULAR,
        Severity.INFO,
        video=("-g", "250", "-b:v", "400k", "-force_key_frames", "expr:gte(t,n_forced*2-mod(n_forced,2))"),
    ),
    Way("stands still", FindingCode.VIDEO_INGESTION_STARVED, Severity.ERROR, begins_s=20, freezes=True),
    Way(
        "timestamps 30 s ahead",
        FindingCode.TIMESTAMP_JUMP,
        Severity.WARNING,
        out=(
            *("-bsf:v", r"setts=ts=TS+30000*gte(TS\,20000)"),
            *("-bsf:a", r"setts=ts=TS+30000*gte(TS\,20000)"),
        ),
        begins_s=20,
    ),
    Way(
        "timestamps at 97 % of real time",
        FindingCode.DRIFT,
        Severity.WARNING,
        out=("-bsf:v", "setts=ts=TS*0.97", "-bsf:a", "setts=ts=TS*0.97"),
        seconds=150,  # ffmpeg cannot repeat what such a filter has seen the end of
    ),
    Way(
        "480p at 3 Mbit/s",
        FindingCode.BITRATE_HIGH,
        Severity.INFO,
        "854x480",
        video=(
            *("-g", "50", "-b:v", "3M", "-minrate", "3M", "-maxrate", "3M", "-bufsize", "3M"),
            *("-x264-params", "scenecut=0:nal-hrd=cbr:force-cfr=1"),
        ),
    ),
    Way(
        "CRF, 10 s of noise in each 20 s",
        FindingCode.BITRATE_UNSTABLE,
        Severity.WARNING,
        filters="noise=alls=80:allf=t:enable='lt(mod(t,20),10)'",
        video=("-g", "50", "-crf", "28"),
    ),
    Way(
        "a quarter of the frames left out",
        FindingCode.FRAME_RATE_LOW,
        Severity.WARNING,
        filters="select='mod(n,4)'",
        video=("-g", "36", "-b:v", "400k", "-fps_mode", "vfr"),
    ),
    Way("no video", FindingCode.NO_VIDEO_STREAM, Severity.WARNING, video=("-vn",)),
    Way(
        "32 kbit/s of sound",
        FindingCode.AUDIO_BITRATE_LOW,
        Severity.WARNING,
        audio=("-c:a", "aac", "-b:a", "32k", "-ac", "2"),
    ),
    Way(
        "448 kbit/s of sound",
        FindingCode.AUDIO_BITRATE_HIGH,
        Severity.INFO,
        audio=(
            "-af",
            "aeval=random(0)/2|random(0)*random(0)/2,aformat=channel_layouts=stereo",
            "-c:a",
            "aac",
            "-b:a",
            "448k",
        ),
    ),
    Way(
        "another size after a reconnection",
        FindingCode.VIDEO_RESOLUTION_CHANGED,
        Severity.INFO,
        "480x270",
        size_before=SIZE,
    ),
    Way(
        "a size of the headers that the metadata does not have",
        FindingCode.METADATA_MISMATCH,
        Severity.WARNING,
        out=("-bsf:v", "h264_metadata=crop_right=64"),
    ),
)


def encode(way: Way, path: Path) -> Path:
    """All of it, in a file."""
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi", "-i"]
    command += [f"testsrc2=size={way.size}:rate=25", "-f", "lavfi", "-i", "anoisesrc=amplitude=0.3:sample_rate=48000"]
    command += [
        "-t",
        str(way.seconds),
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-vf",
        way.filters,
    ]
    command += ["-x264-params", "scenecut=0:keyint_min=1", *way.video, *way.audio, str(path)]
    subprocess.run(command, check=True, timeout=120)
    return path


def send(way: Way, clip: Path, ingest_url: str, key: str) -> Program:
    """ffmpeg sends the clip, again and again, until it is told to end."""
    command = [
        "ffmpeg",
        "-hide_banner",
        "-nostdin",
        "-loglevel",
        "error",
        *way.send,
        "-stream_loop",
        "-1",
        "-i",
        str(clip),
    ]
    return Program(
        way.name, [*command, "-c", "copy", *way.out, "-f", "flv", f"{ingest_url}/{key}"], hide={key: "<key>"}
    )
