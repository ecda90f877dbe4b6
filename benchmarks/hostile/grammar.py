"""Pieces of RTMP that are legal or nearly so, and how they are put together at random and changed a little."""

import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

from ingest_container.rtmp.amf0 import AmfValue, encode
from tests.support.rtmp_peer import AVC_RECORD, chunk, ecma_array, message

CHUNK_SIZE = 4096  # what `opening` of the search sets
STREAMS = (3, 4, 5, 6, 8, 63, 64, 320)  # chunk streams: one, two and three bytes of header
TYPES = (1, 3, 4, 5, 6, 8, 9, 15, 17, 18, 20, 22, 99)


@dataclass(frozen=True)
class Piece:
    """One kind of input with its numbers; `build` makes the bytes."""

    kind: str
    count: int  # how often, how many, how long: as the kind has it
    size: int
    type_id: int
    stream: int  # chunk stream

    def build(self) -> bytes:
        return KINDS[self.kind](self)


def _message(piece: Piece, payload: bytes, type_id: int | None = None) -> bytes:
    return message(
        piece.stream, piece.type_id if type_id is None else type_id, payload, stream_id=1, chunk_size=CHUNK_SIZE
    )


def _empty(piece: Piece) -> bytes:
    """A message without a body, again and again with the shortest header."""
    return chunk(0, piece.stream, b"", type_id=piece.type_id, stream_id=1) + _header(3, piece.stream) * piece.count


def _tiny(piece: Piece) -> bytes:
    """Messages of a byte or a few."""
    return _message(piece, bytes(min(piece.size, 8))) * piece.count


def _interleaved(piece: Piece) -> bytes:
    """Many messages in turns, in chunks of one byte."""
    ids = range(4, 4 + min(max(piece.count, 2), 60))
    length = min(piece.size, 64) + 1
    begin = b"".join(chunk(0, id_, b"x", length=length, type_id=piece.type_id, stream_id=1) for id_ in ids)
    rest = b"".join(_header(3, id_) + b"x" for id_ in ids) * (length - 1)
    return _chunk_size(1) + begin + rest + message(2, 1, struct.pack(">I", CHUNK_SIZE), chunk_size=1)


def _runs(piece: Piece) -> bytes:
    """Chunks of one byte that continue a message for a while, and then one of another message."""
    run, turns = piece.count % 200 + 1, piece.size % 50 + 1
    begin = chunk(0, 5, b"x", length=run * turns + 1, type_id=piece.type_id, stream_id=1)
    other = chunk(0, 6, b"x", length=turns + 1, type_id=piece.type_id, stream_id=1)
    body = (b"\xc5x" * run + b"\xc6x") * turns
    return _chunk_size(1) + begin + other + body + message(2, 1, struct.pack(">I", CHUNK_SIZE), chunk_size=1)


def _extended(piece: Piece) -> bytes:
    """Extended timestamps, which are looked at in each chunk."""
    size = piece.size % 300 + 1
    data = message(piece.stream, piece.type_id, bytes(size), time=0x1000000, stream_id=1, chunk_size=1)
    return _chunk_size(1) + data + message(2, 1, struct.pack(">I", CHUNK_SIZE), chunk_size=1)


def _aborts(piece: Piece) -> bytes:
    """A message that is begun and given up after its first chunk."""
    begun = chunk(0, 7, bytes(CHUNK_SIZE), length=CHUNK_SIZE + 1, type_id=piece.type_id, stream_id=1)
    return begun + message(2, 2, struct.pack(">I", 7)) * piece.count


def _chunk_size(size: int) -> bytes:
    return message(2, 1, struct.pack(">I", size))


def _chunk_sizes(piece: Piece) -> bytes:
    return _chunk_size(CHUNK_SIZE) * piece.count


def _pings(piece: Piece) -> bytes:
    return message(2, 4, struct.pack(">HI", piece.size % 8, 1)) * piece.count


def _command(piece: Piece, *values: AmfValue) -> bytes:
    names = ("publish", "unknown", "FCPublish", "releaseStream", "play", "_checkbw", "getStreamLength")
    return _message(piece, encode(names[piece.type_id % len(names)], 1.0, *values), 20)


def _commands(piece: Piece) -> bytes:
    return _command(piece, None, "x" * (piece.size % 64)) * piece.count


def _arrays(piece: Piece) -> bytes:
    return _command(piece, None, [None] * min(piece.size, 1000))


def _nested(piece: Piece) -> bytes:
    value: AmfValue = None
    for _ in range(piece.count % 15):
        value = [value] if piece.size % 2 else {"": value}
    return _command(piece, *([value] * (1 + piece.size % 50)))


def _keys(piece: Piece) -> bytes:
    return _command(piece, {f"{number:x}": None for number in range(min(piece.size, 900))})


def _broken_text(piece: Piece) -> bytes:
    """A long string that is no UTF-8."""
    text = bytes((0xFF,)) * (piece.size * 8 % 60_000)
    return _message(piece, encode("unknown", 1.0) + b"\x0c" + struct.pack(">I", len(text)) + text, 20)


def _metadata(piece: Piece) -> bytes:
    values: dict[str, AmfValue] = {f"{number:x}": float(number) for number in range(min(piece.size, 900))}
    return _message(piece, encode("@setDataFrame", "onMetaData") + ecma_array({"width": 1.0, **values}), 18)


def _aggregates(piece: Piece) -> bytes:
    return _message(piece, (bytes((piece.type_id,)) + bytes(14)) * min(piece.size, 1000), 22)


def _tracks(piece: Piece) -> bytes:
    """Many tracks in one message, with frames or sequence headers."""
    body = AVC_RECORD if piece.type_id % 2 else b""
    track = b"\x00" + struct.pack(">I", len(body))[1:] + body
    head = b"\x96\x10avc1" if piece.type_id % 2 else b"\x96\x13hvc1"
    return _message(piece, head + track * (piece.count % 33), 9)


def _modifiers(piece: Piece) -> bytes:
    return _message(piece, b"\x97" + b"\x00\x00\x17" * piece.size + b"\x00\x00\x11hvc1", 9)


def _headers(piece: Piece) -> bytes:
    """Sequence headers whose parameter set is as long as it may be, and read bit by bit."""
    # High profile, scaling lists, then as many Exp-Golomb numbers as there are.
    unit = b"\x67\x64\x00\x1e\xbf" + b"\xff" * min(piece.size, 2000)
    record = b"\x01\x64\x00\x1e\xff\xe1" + struct.pack(">H", len(unit)) + unit
    return _message(piece, b"\x17\x00\x00\x00\x00" + record, 9)


def _key_frames(piece: Piece) -> bytes:
    """Key frames that say what their picture is like."""
    fourcc = (b"vp09", b"av01", b"vp08", b"hvc1")[piece.type_id % 4]
    return _message(piece, b"\x91" + fourcc + (b"\x12\x00\x0a\x0b" * piece.size), 9) * (piece.count % 20 + 1)


def _plain(piece: Piece) -> bytes:
    """Frames as an encoder sends them, but tiny."""
    return _message(piece, b"\x27\x01\x00\x00\x00", 9) * piece.count


def _header(chunk_type: int, chunk_stream_id: int) -> bytes:
    return chunk(chunk_type, chunk_stream_id, b"")


KINDS: dict[str, Callable[[Piece], bytes]] = {
    "empty messages": _empty,
    "tiny messages": _tiny,
    "interleaved chunks of a byte": _interleaved,
    "broken runs of chunks": _runs,
    "extended timestamps": _extended,
    "aborts": _aborts,
    "chunk sizes": _chunk_sizes,
    "pings": _pings,
    "commands": _commands,
    "arrays": _arrays,
    "nested values": _nested,
    "objects of many keys": _keys,
    "long text that is no UTF-8": _broken_text,
    "metadata": _metadata,
    "aggregates": _aggregates,
    "many tracks": _tracks,
    "modifiers": _modifiers,
    "sequence headers": _headers,
    "key frames": _key_frames,
    "tiny frames": _plain,
}


def any_piece(chance: random.Random, kind: str | None = None) -> Piece:
    """A piece of this kind, or of any."""
    return Piece(
        kind or chance.choice(list(KINDS)),
        chance.choice((1, 7, 60, 300)),
        chance.choice((0, 1, 15, 200, 1000)),
        chance.choice(TYPES),
        chance.choice(STREAMS),
    )


def changed(pieces: tuple[Piece, ...], chance: random.Random) -> tuple[Piece, ...]:
    """Nearly the same."""
    now = list(pieces)
    at = chance.randrange(len(now))
    other = any_piece(chance, now[at].kind)
    match chance.randrange(6):
        case 0 if len(now) < 4:
            now.insert(at, any_piece(chance))
        case 1 if len(now) > 1:
            del now[at]
        case 2:
            now[at] = replace(now[at], count=other.count)
        case 3:
            now[at] = replace(now[at], size=other.size)
        case 4:
            now[at] = replace(now[at], type_id=other.type_id)
        case _:
            now[at] = replace(now[at], stream=other.stream)
    return tuple(now)
