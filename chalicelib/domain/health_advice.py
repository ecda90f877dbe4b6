"""What to do about a finding, in the words of the encoder that sends the stream. See `health`."""

from enum import StrEnum
from typing import NamedTuple

from chalicelib.domain.findings import FindingCode


class EncoderFamily(StrEnum):
    """Encoders whose settings we know the way to."""

    OBS = "OBS"
    STREAMLABS = "Streamlabs"
    VMIX = "vMix"
    FFMPEG = "FFmpeg"
    LARIX = "Larix"
    OTHER = "your encoder"


# What each puts into `encoder` of its metadata or into its name in connect, in lower case. Streamlabs contains libobs.
_NAMES = (
    ("streamlabs", EncoderFamily.STREAMLABS),
    ("slobs", EncoderFamily.STREAMLABS),
    ("obs", EncoderFamily.OBS),
    ("vmix", EncoderFamily.VMIX),
    ("larix", EncoderFamily.LARIX),
    ("lavf", EncoderFamily.FFMPEG),
)


def family(encoder: str | None) -> EncoderFamily:
    """Which encoder it is, by the name that it gives itself."""
    name = (encoder or "").lower()
    return next((known for part, known in _NAMES if part in name), EncoderFamily.OTHER)


class _Advice(NamedTuple):
    """`anyone` is for encoders without words of their own."""

    title: str
    anyone: str
    own: dict[EncoderFamily, str] = {}  # noqa: RUF012 - never changed


_OBS, _SLOBS, _VMIX, _FFMPEG, _LARIX = (
    EncoderFamily.OBS,
    EncoderFamily.STREAMLABS,
    EncoderFamily.VMIX,
    EncoderFamily.FFMPEG,
    EncoderFamily.LARIX,
)

_KEY_FRAMES = {
    _OBS: "In OBS: Settings > Output, set Output Mode to Advanced, then Streaming > Keyframe Interval to 2 s. Simple "
    "mode does not show this setting and leaves it on automatic, which is 250 frames.",
    _SLOBS: "In Streamlabs: Settings > Output, set Mode to Advanced, then Keyframe Interval to 2.",
    _VMIX: "In vMix: Settings of the streaming destination, Quality, set Keyframe Interval to 2 s.",
    _FFMPEG: "For FFmpeg: add -g and -keyint_min with twice your frame rate (60 at 30 fps) and -sc_threshold 0.",
    _LARIX: "In Larix: Settings > Video > Keyframe interval, 2 s.",
}
_BITRATE = {
    _OBS: "In OBS: Settings > Output > Video Bitrate.",
    _SLOBS: "In Streamlabs: Settings > Output > Video Bitrate.",
    _VMIX: "In vMix: Settings of the streaming destination, Quality, Video Bit Rate.",
    _FFMPEG: "For FFmpeg: set -b:v and -maxrate.",
    _LARIX: "In Larix: Settings > Video > Bitrate.",
}
_CONSTANT = {
    _OBS: "In OBS: Settings > Output, Output Mode Advanced, Rate Control CBR. If it is CBR already, your connection or "
    "computer cannot keep up: lower the Video Bitrate.",
    _SLOBS: "In Streamlabs: Settings > Output, Mode Advanced, Rate Control CBR.",
    _FFMPEG: "For FFmpeg: give -b:v, -maxrate and -minrate the same value, and -bufsize twice that.",
}
_AUDIO = {
    _OBS: "In OBS: Settings > Output > Audio Bitrate, 128 or 160.",
    _SLOBS: "In Streamlabs: Settings > Output > Audio Bitrate, 128 or 160.",
    _FFMPEG: "For FFmpeg: -b:a 128k.",
    _LARIX: "In Larix: Settings > Audio > Bitrate, 128 kbit/s.",
}
_SLOW = (
    "Your connection or computer is too slow for these settings: lower the video bitrate or the resolution, use a "
    "cable instead of Wi-Fi, and close other programs."
)

_ADVICE: dict[FindingCode, _Advice] = {
    FindingCode.GOP_SIZE_LONG: _Advice(
        "Key frames are too far apart", "Set your encoder's keyframe interval to 2 seconds.", _KEY_FRAMES
    ),
    FindingCode.GOP_SIZE_SHORT: _Advice(
        "Key frames are too close together", "Set your encoder's keyframe interval to 2 seconds.", _KEY_FRAMES
    ),
    FindingCode.GOP_SIZE_IRREGULAR: _Advice(
        "Key frames are irregular",
        "Set a fixed keyframe interval of 2 seconds and switch scene change detection off.",
        _KEY_FRAMES,
    ),
    FindingCode.OPEN_GOP: _Advice(
        "Groups of pictures are open",
        "Choose closed groups of pictures (closed GOP): viewers who join or seek may see broken pictures.",
        {_FFMPEG: "For FFmpeg: -flags +cgop, and no open-gop=1 in -x264-params or -x265-params."},
    ),
    FindingCode.B_FRAMES: _Advice(
        "There are many B-frames",
        "Set at most 2 B-frames: each one adds to the delay, and some platforms refuse more.",
        {
            _OBS: "In OBS: Settings > Output, Output Mode Advanced; with NVENC set Max B-frames to 2, with x264 write "
            "bframes=2 into x264 Options.",
            _FFMPEG: "For FFmpeg: -bf 2.",
        },
    ),
    FindingCode.VIDEO_INGESTION_STARVED: _Advice("The stream arrives too slowly", _SLOW),
    FindingCode.VIDEO_INGESTION_FASTER_THAN_REALTIME: _Advice(
        "The stream arrives faster than real time",
        "Send in real time.",
        {_FFMPEG: "For FFmpeg: put -re before -i when you send a file."},
    ),
    FindingCode.TIMESTAMP_JUMP: _Advice(
        "The stream's clock jumped",
        "If it happens again, restart your encoder and update it; check capture devices and playlists for gaps.",
    ),
    FindingCode.DRIFT: _Advice(
        "The stream drifts from real time",
        "Its clock runs slower or faster than real time, or the delay of your connection grows. Restart the encoder; "
        "if it happens again, lower the bitrate and check the capture device's frame rate and sample rate.",
    ),
    FindingCode.BITRATE_LOW: _Advice(
        "The video bitrate is low for this picture", "Raise the video bitrate, or lower the resolution.", _BITRATE
    ),
    FindingCode.BITRATE_HIGH: _Advice(
        "The video bitrate is higher than needed",
        "Viewers on slow connections may stall: lower the video bitrate.",
        _BITRATE,
    ),
    FindingCode.BITRATE_UNSTABLE: _Advice("The video bitrate is unstable", "Use a constant bitrate (CBR).", _CONSTANT),
    FindingCode.FRAME_RATE_LOW: _Advice(
        "Frames are missing",
        "Your encoder sends fewer frames than it declares: " + _SLOW[0].lower() + _SLOW[1:],
        {
            _OBS: "In OBS: look at View > Stats. Frames missed in rendering: cap the game's frame rate or lower the "
            "output resolution. Skipped in encoding: use a hardware encoder or a faster preset. Dropped: lower the "
            "bitrate.",
        },
    ),
    FindingCode.NO_AUDIO_STREAM: _Advice(
        "There is no audio",
        "Check that an audio source is active in your encoder and that audio is part of the stream.",
        {
            _OBS: "In OBS: Settings > Audio, choose a device; then check the track in Settings > Output.",
            _FFMPEG: "For FFmpeg: add an audio input, and -c:a aac.",
        },
    ),
    FindingCode.NO_VIDEO_STREAM: _Advice(
        "There is no video", "Check that a video source is active in your encoder and that its capture is running."
    ),
    FindingCode.AUDIO_CODEC: _Advice(
        "Some players cannot play this audio", "Choose AAC as the audio codec.", {_FFMPEG: "For FFmpeg: -c:a aac."}
    ),
    FindingCode.AUDIO_SAMPLE_RATE: _Advice(
        "The audio sample rate is unusual",
        "Set it to 48 kHz.",
        {
            _OBS: "In OBS: Settings > Audio > Sample Rate, 48 kHz.",
            _FFMPEG: "For FFmpeg: -ar 48000.",
        },
    ),
    FindingCode.AUDIO_TOO_MANY_CHANNELS: _Advice(
        "There are too many audio channels",
        "Set the audio to stereo.",
        {
            _OBS: "In OBS: Settings > Audio > Channels, Stereo.",
            _FFMPEG: "For FFmpeg: -ac 2.",
        },
    ),
    FindingCode.AUDIO_BITRATE_LOW: _Advice("The audio bitrate is low", "Set it to 128 kbit/s.", _AUDIO),
    FindingCode.AUDIO_BITRATE_HIGH: _Advice("The audio bitrate is higher than needed", "Set it to 128 kbit/s.", _AUDIO),
    FindingCode.VIDEO_RESOLUTION_CHANGED: _Advice(
        "The resolution changed during the broadcast",
        "Keep one resolution: players pause for a moment when it changes.",
    ),
    FindingCode.METADATA_MISMATCH: _Advice(
        "The encoder declares another size than it sends",
        "Players use the size that is sent. Restart the broadcast after you change the output resolution.",
    ),
    FindingCode.VIDEO_PROFILE: _Advice(
        "Browsers cannot play this video",
        "Choose the High profile with 8 bit colour and 4:2:0 sampling.",
        {
            _OBS: "In OBS: Settings > Advanced > Color Format NV12, then Settings > Output > Profile high.",
            _FFMPEG: "For FFmpeg: -pix_fmt yuv420p -profile:v high.",
        },
    ),
    FindingCode.INTERLACED_VIDEO: _Advice(
        "The video is interlaced",
        "Set your encoder's output to progressive, or deinterlace the source: browsers show both fields at once, so "
        "that what moves has edges like a comb.",
        {
            _OBS: "In OBS: Settings > Output, Output Mode Advanced: remove interlaced, tff and bff from x264 Options. "
            "For a camera or capture card: right-click the source > Deinterlacing.",
            _SLOBS: "In Streamlabs: Settings > Output, Mode Advanced: remove interlaced, tff and bff from the x264 "
            "settings. For a camera or capture card: right-click the source > Deinterlacing.",
            _VMIX: "In vMix: Settings > Display > Master Frame Rate, choose one with p (progressive).",
            _FFMPEG: "For FFmpeg: add -vf bwdif, and leave out -flags +ildct+ilme and interlaced, tff and bff in "
            "-x264-params.",
        },
    ),
}


def title(code: FindingCode) -> str:
    """What is wrong, in a few words."""
    return _ADVICE[code].title


def action(code: FindingCode, encoder: str | None) -> str:
    """What to do about it, for who uses this encoder."""
    advice = _ADVICE[code]
    return advice.own.get(family(encoder), advice.anyone)
