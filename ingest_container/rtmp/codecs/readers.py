"""Which reader a codec's headers take. A codec that is not here is carried all the same, its facts unknown."""

from collections.abc import Callable

from . import aac, av1, avc, hevc, mp3, sounds, vp9
from .facts import Picture, Sound

PICTURE_HEADERS: dict[str, Callable[[bytes], Picture]] = {
    "h264": avc.parse_decoder_configuration,
    "hevc": hevc.parse_decoder_configuration,
    "av1": av1.parse_codec_configuration,
    "vp9": vp9.parse_codec_configuration,
}
SOUND_HEADERS: dict[str, Callable[[bytes], Sound]] = {
    "aac": aac.parse_audio_specific_config,
    "opus": sounds.parse_opus_head,
    "flac": sounds.parse_flac_stream_info,
}
# Codecs without a header of their own, or whose header leaves something out that each frame says.
PICTURE_KEY_FRAMES: dict[str, Callable[[bytes], Picture]] = {"vp9": vp9.parse_key_frame}
SOUND_FRAMES: dict[str, Callable[[bytes], Sound]] = {
    "ac3": sounds.parse_ac3_frame,
    "eac3": sounds.parse_eac3_frame,
    "mp3": mp3.parse_frame,
}
