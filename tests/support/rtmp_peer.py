"""An RTMP publisher for tests, without a socket: it builds the bytes that an encoder would send, in OBS's order.

    peer = RtmpPeer(app="live", key="k")
    sock.sendall(peer.hello())                # C0 C1
    peer.receive_data(sock.recv(65536))       # S0 S1 S2; replies are collected in `peer.replies`
    sock.sendall(peer.finish_handshake() + peer.connect() + peer.create_stream() + peer.publish())
    ... until peer.status() == "NetStream.Publish.Start"
    sock.sendall(peer.metadata() + peer.sequence_headers() + peer.video(0, keyframe=True) + peer.audio(0))
    sock.sendall(peer.unpublish())

Nothing waits for a reply, so everything up to publish may go out in one piece. `chunk` and `message` are the raw
builders, for tests that need one particular form on the wire.
"""

from dataclasses import dataclass, field

from ingest_container.rtmp.amf0 import AmfValue, decode, encode
from ingest_container.rtmp.chunks import ChunkReader
from ingest_container.rtmp.handshake import SIGNATURE_BYTES
from ingest_container.rtmp.limits import Limits
from ingest_container.rtmp.messages import (
    AUDIO,
    COMMAND_AMF0,
    DATA_AMF0,
    PING_REQUEST,
    PING_RESPONSE,
    SET_CHUNK_SIZE,
    USER_CONTROL,
    VIDEO,
    Message,
    user_control,
    word,
)

EXTENDED = 0xFFFFFF

# 640x360, 30 fps, High profile, level 3.0: made by x264.
AVC_RECORD = bytes.fromhex(
    "0164001effe1001a6764001eacd940a02ff970110000030001000003003c0f162d9601000668ebe3cb22c0fdf8f800"
)
AAC_48K_STEREO = bytes.fromhex("119056e500")


def chunk(
    chunk_type: int,
    chunk_stream_id: int,
    payload: bytes,
    *,
    time: int = 0,
    length: int = 0,
    type_id: int = 0,
    stream_id: int = 0,
    extended: bytes = b"",
    wide_id: bool = False,
) -> bytes:
    """One chunk, exactly as asked for.

    `time` is absolute for type 0 and a delta for types 1 and 2; from 0xFFFFFF on it takes the extended form by itself.
    `extended` puts those bytes behind the header of a type 3 chunk. `wide_id` forces the 3-byte basic header.
    """
    first = chunk_type << 6
    if chunk_stream_id < 64 and not wide_id:
        out = bytes((first | chunk_stream_id,))
    elif chunk_stream_id < 320 and not wide_id:
        out = bytes((first, chunk_stream_id - 64))
    else:
        out = bytes((first | 1,)) + (chunk_stream_id - 64).to_bytes(2, "little")
    if chunk_type < 3:
        out += min(time, EXTENDED).to_bytes(3, "big")
        if chunk_type < 2:
            out += length.to_bytes(3, "big") + bytes((type_id,))
        if chunk_type == 0:
            out += stream_id.to_bytes(4, "little")
        if time >= EXTENDED:
            out += time.to_bytes(4, "big")
    return out + extended + payload


def message(
    chunk_stream_id: int,
    type_id: int,
    payload: bytes,
    *,
    time: int = 0,
    stream_id: int = 0,
    chunk_size: int = 128,
) -> bytes:
    """A whole message with a type 0 header, continued by type 3 chunks."""
    extended = time.to_bytes(4, "big") if time >= EXTENDED else b""
    out = chunk(
        0,
        chunk_stream_id,
        payload[:chunk_size],
        time=time,
        length=len(payload),
        type_id=type_id,
        stream_id=stream_id,
    )
    for start in range(chunk_size, len(payload), chunk_size):
        out += chunk(3, chunk_stream_id, payload[start : start + chunk_size], extended=extended)
    return out


def ecma_array(values: dict[str, AmfValue]) -> bytes:
    """The values as an AMF0 ECMA array: an object with another marker and a count in front."""
    return b"\x08" + len(values).to_bytes(4, "big") + encode(values)[1:]


@dataclass
class RtmpPeer:
    """One publishing connection, seen from the encoder. Times are milliseconds."""

    app: str = "live"
    key: str = "key"
    chunk_size: int = 4096
    media_stream: int = 1  # the message stream that media and metadata go out on
    replies: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = ChunkReader(Limits())
        self._handshake_missing = 1 + 2 * SIGNATURE_BYTES
        self._transaction = 0

    # --- reading ---

    def receive_data(self, data: bytes) -> list[Message]:
        """What the server said after its handshake; also kept in `replies`."""
        skipped = min(self._handshake_missing, len(data))
        self._handshake_missing -= skipped
        self._reader.feed(data[skipped:])
        new = list(iter(self._reader.next_message, None))
        self.replies += new
        return new

    @property
    def handshake_answered(self) -> bool:
        return self._handshake_missing == 0

    def commands(self) -> list[list[AmfValue]]:
        """Every command so far, as its plain values."""
        return [decode(reply.payload, Limits()) for reply in self.replies if reply.type_id == COMMAND_AMF0]

    def statuses(self) -> list[dict[str, AmfValue]]:
        """Every onStatus object so far: level, code, description."""
        return [values[3] for values in self.commands() if values[0] == "onStatus" and isinstance(values[3], dict)]

    def status(self) -> str | None:
        """The code of the latest onStatus."""
        statuses = self.statuses()
        return str(statuses[-1]["code"]) if statuses else None

    def pings(self) -> list[int]:
        """The values of the ping requests so far."""
        return [
            int.from_bytes(reply.payload[2:6], "big")
            for reply in self.replies
            if reply.type_id == USER_CONTROL and reply.payload[:2] == PING_REQUEST.to_bytes(2, "big")
        ]

    # --- connecting ---

    def hello(self) -> bytes:
        """C0 and C1."""
        return b"\x03" + bytes(8) + bytes(range(256)) * 5 + bytes(SIGNATURE_BYTES - 8 - 5 * 256)

    def finish_handshake(self) -> bytes:
        """C2; what it echoes does not matter."""
        return bytes(SIGNATURE_BYTES)

    def connect(self, **extra: AmfValue) -> bytes:
        """Set Chunk Size, as OBS sends it first, and connect."""
        values: dict[str, AmfValue] = {
            "app": self.app,
            "type": "nonprivate",
            "flashVer": "FMLE/3.0 (compatible; FMSc/1.0)",
            "tcUrl": f"rtmp://127.0.0.1/{self.app}",
        }
        size = message(2, SET_CHUNK_SIZE, word(self.chunk_size))
        return size + self.command("connect", {**values, **extra})

    def create_stream(self) -> bytes:
        """releaseStream, FCPublish and createStream, pipelined."""
        return (
            self.command("releaseStream", None, self.key)
            + self.command("FCPublish", None, self.key)
            + self.command("createStream", None)
        )

    def publish(self, *, stream_id: int = 1) -> bytes:
        return self.command("publish", None, self.key, "live", stream_id=stream_id)

    def open(self) -> bytes:
        """Everything from C0 to publish: a server that does not care for order takes it in one piece."""
        return self.hello() + self.finish_handshake() + self.connect() + self.create_stream() + self.publish()

    # --- broadcasting ---

    def metadata(self, values: dict[str, AmfValue] | None = None) -> bytes:
        """@setDataFrame onMetaData, as an ECMA array."""
        default: dict[str, AmfValue] = {
            "width": 640.0,
            "height": 360.0,
            "framerate": 30.0,
            "videocodecid": 7.0,
            "audiocodecid": 10.0,
            "encoder": "rtmp-peer",
        }
        return self._media(DATA_AMF0, encode("@setDataFrame", "onMetaData") + ecma_array(values or default), 0)

    def sequence_headers(self, time: int = 0) -> bytes:
        """H.264 (640x360, 30 fps) and AAC (48 kHz, stereo)."""
        return self.video_header(time) + self._media(AUDIO, b"\xaf\x00" + AAC_48K_STEREO, time)

    def video_header(self, time: int = 0) -> bytes:
        return self._media(VIDEO, b"\x17\x00\x00\x00\x00" + AVC_RECORD, time)

    def video(self, time: int, *, keyframe: bool = False, size: int = 1000) -> bytes:
        """One H.264 frame of `size` bytes, one NAL unit; it decodes to nothing."""
        unit = bytes((0x65 if keyframe else 0x41,)) + bytes(size - 1)
        head = b"\x17" if keyframe else b"\x27"
        return self._media(VIDEO, head + b"\x01\x00\x00\x00" + word(len(unit)) + unit, time)

    def audio(self, time: int, *, size: int = 200) -> bytes:
        """One AAC frame of `size` bytes."""
        return self._media(AUDIO, b"\xaf\x01" + bytes(size), time)

    def unpublish(self, *, stream_id: int = 1) -> bytes:
        """The clean stop of OBS: FCUnpublish, then deleteStream."""
        return self.command("FCUnpublish", None, self.key) + self.command("deleteStream", None, float(stream_id))

    def pong(self, value: int) -> bytes:
        """The answer to a ping request."""
        return message(2, USER_CONTROL, user_control(PING_RESPONSE, value))

    def command(self, name: str, *values: AmfValue, stream_id: int = 0) -> bytes:
        """Any command, with the next transaction id."""
        self._transaction += 1
        payload = encode(name, float(self._transaction), *values)
        return message(3, COMMAND_AMF0, payload, stream_id=stream_id, chunk_size=self.chunk_size)

    def _media(self, type_id: int, payload: bytes, time: int) -> bytes:
        return message(4, type_id, payload, time=time, stream_id=self.media_stream, chunk_size=self.chunk_size)
