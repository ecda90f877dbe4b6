"""Commands (RTMP 1.0, 7.2): name, transaction id, command object or null, then arguments, all AMF0."""

from dataclasses import dataclass, field

from .amf0 import AmfValue, decode, encode
from .errors import ProtocolError
from .limits import Limits
from .tags import AUDIO_FOURCCS, VIDEO_FOURCCS

PUBLISH_START = "NetStream.Publish.Start"
BAD_NAME = "NetStream.Publish.BadName"
UNPUBLISH_SUCCESS = "NetStream.Unpublish.Success"
PLAY_STREAM_NOT_FOUND = "NetStream.Play.StreamNotFound"
NOTHING_TO_PLAY = (
    "Streams do not play over RTMP here. Watch them over HLS: at the hls_url that the API gives for the channel, or on "
    "the channel's page."
)

PLAY = frozenset(("play", "play2"))
# What only players say (7.2.2; FCSubscribe is Flash Media Server's).
PLAYER_COMMANDS = PLAY | {"FCSubscribe", "pause", "pauseRaw", "seek", "receiveAudio", "receiveVideo"}

# What we do with Enhanced RTMP's extensions: several tracks, packets with modifiers, times in nanoseconds. Not 1: no
# encoder follows a request to reconnect.
_CAPS_EX = 2 | 4 | 8
_CAN_FORWARD = 4.0  # FourCcInfoMask: codecs are passed on, neither decoded nor encoded

# What Enhanced RTMP adds to connect: the list is of v1, the others of v2.
_ENHANCED_PROPERTIES = frozenset(("fourCcList", "videoFourCcInfoMap", "audioFourCcInfoMap", "capsEx"))
_LARGEST_CAPS_EX = 0xFFFF_FFFF  # a mask of 32 bits, of which four are defined so far

# Flash Media Server's answer to connect, which old encoders look for.
_SERVER_PROPERTIES: dict[str, AmfValue] = {"fmsVer": "FMS/3,5,7,7009", "capabilities": 31.0, "mode": 1.0}


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it came; `arguments` are those after the command object."""

    name: str
    transaction_id: float
    values: dict[str, AmfValue] = field(default_factory=dict)
    arguments: tuple[AmfValue, ...] = ()

    def text(self, name: str) -> str:
        """A property of the command object, empty if it is not there or no string."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    @property
    def is_enhanced(self) -> bool:
        """Whether a connect speaks of Enhanced RTMP at all, be it to say that nothing of it is supported."""
        return not _ENHANCED_PROPERTIES.isdisjoint(self.values)

    def caps_ex(self) -> int:
        """The extensions announced in connect (CapsExMask), those of later specifications too; 0 if it is no mask."""
        mask = self.values.get("capsEx")
        return int(mask) if isinstance(mask, float) and 0 <= mask <= _LARGEST_CAPS_EX else 0

    def fourccs(self) -> tuple[str, ...]:
        """The codecs announced in connect: as a list (Enhanced RTMP v1), or as maps of what is done with each (v2).

        "*" stands for any codec.
        """
        listed = self.values.get("fourCcList")
        maps = (self.values.get("videoFourCcInfoMap"), self.values.get("audioFourCcInfoMap"))
        codes = [code for code in listed if isinstance(code, str)] if isinstance(listed, list) else []
        codes += [code for known in maps if isinstance(known, dict) for code in known]
        return tuple(dict.fromkeys(codes))

    def argument(self, index: int) -> AmfValue:
        """An argument, None if there are fewer."""
        return self.arguments[index] if index < len(self.arguments) else None


def parse_command(payload: bytes, limits: Limits) -> Command:
    """The body of a command message. Raises ProtocolError."""
    if len(payload) > limits.max_command_bytes:
        raise ProtocolError("command_too_large", f"{len(payload)} bytes, at most {limits.max_command_bytes}")
    values = decode(payload, limits)
    if not values or not isinstance(values[0], str):
        raise ProtocolError("malformed_command", "no command name")
    transaction_id = values[1] if len(values) > 1 else 0.0
    command_object = values[2] if len(values) > 2 else None
    return Command(
        values[0],
        transaction_id if isinstance(transaction_id, float) else 0.0,
        command_object if isinstance(command_object, dict) else {},
        tuple(values[3:]),
    )


def connect_result(transaction_id: float, *, enhanced: bool) -> bytes:
    """The answer to connect. An encoder that announced Enhanced RTMP (v2, "Enhancing NetConnection connect Command") is
    told the codecs that are known here, and which of its extensions are.
    """
    # "The server provides some properties within an Object as one of the parameters" leaves open which. Some servers
    # take the first, beside fmsVer, others the second, beside the code: whatever a client expects, it finds them.
    told = _enhanced_properties() if enhanced else {}
    information: dict[str, AmfValue] = {
        "level": "status",
        "code": "NetConnection.Connect.Success",
        "description": "Connection succeeded.",
        "objectEncoding": 0.0,  # AMF0, whatever was asked for
    }
    return encode("_result", transaction_id, _SERVER_PROPERTIES | told, information | told)


def _enhanced_properties() -> dict[str, AmfValue]:
    video, audio = ([code.decode() for code in codes] for codes in (VIDEO_FOURCCS, AUDIO_FOURCCS))
    return {
        "fourCcList": [*video, *audio],
        "videoFourCcInfoMap": dict.fromkeys(video, _CAN_FORWARD),
        "audioFourCcInfoMap": dict.fromkeys(audio, _CAN_FORWARD),
        "capsEx": float(_CAPS_EX),
    }


def result(transaction_id: float, value: AmfValue = None) -> bytes:
    """A plain success; for createStream, `value` is the new stream's id."""
    return encode("_result", transaction_id, None, value)


def on_fc_publish() -> bytes:
    """What encoders of Adobe's make wait for after FCPublish; the others pass over it."""
    return encode("onFCPublish", 0.0, None, {"code": PUBLISH_START, "description": "FCPublish succeeded."})


def on_fc_subscribe_failed() -> bytes:
    """What players that sent FCSubscribe wait for before they play."""
    return encode("onFCSubscribe", 0.0, None, _nothing_to_play())


def player_error(transaction_id: float) -> bytes:
    """The answer to a command of a player that does not play."""
    return encode("_error", transaction_id, None, _nothing_to_play())


def _nothing_to_play() -> dict[str, AmfValue]:
    return {"level": "error", "code": PLAY_STREAM_NOT_FOUND, "description": NOTHING_TO_PLAY}


def on_status(level: str, code: str, description: str) -> bytes:
    """NetStream's status (7.2.2): `level` is "status" or "error". Encoders show `description` to their user."""
    return encode("onStatus", 0.0, None, {"level": level, "code": code, "description": description})
