"""pyrtmp, an implementation that is not ours: what it writes, and what it reads from bytes."""

import asyncio
from contextlib import suppress

from bitstring import BitStream
from pyrtmp import StreamClosedException
from pyrtmp.amf.serializers import AMF0Serializer
from pyrtmp.messages import Chunk
from pyrtmp.messages.handshake import C0, C1, C2
from pyrtmp.messages.protocol_control import SetChunkSize
from pyrtmp.session_manager import SessionManager

from ingest_container.rtmp.messages import COMMAND_AMF0, SET_CHUNK_SIZE


def opening(random_bytes: bytes) -> bytes:
    """C0, C1 and C2; `random_bytes`: 1528 of them."""
    parts: tuple[bytes, ...] = (C0(3).to_bytes(), C1(0, 0, random_bytes).to_bytes(), C2(0, 0, random_bytes).to_bytes())
    return b"".join(parts)


def written(chunk_stream: int, type_id: int, payload: bytes, *, time: int = 0, stream_id: int = 0) -> bytes:
    """A message as pyrtmp's own writer cuts it, 128 bytes a chunk."""
    whole = Chunk(
        chunk_type=0,
        chunk_id=chunk_stream,
        timestamp=time,
        msg_length=len(payload),
        msg_type_id=type_id,
        msg_stream_id=stream_id,
        payload=payload,
    )
    chunks = whole.to_raw_chunks(128)
    for chunk in chunks:
        chunk.timestamp = time  # its writer forgets the time of a connection's first message
    return b"".join(chunk.to_bytes() for chunk in chunks)


def amf(*values: object) -> bytes:
    stream = BitStream()
    for value in values:
        AMF0Serializer.create_object(stream, value)
    return bytes(stream.bytes)


def command(*values: object, stream_id: int = 0) -> bytes:
    return written(3, COMMAND_AMF0, amf(*values), stream_id=stream_id)


async def read_by_pyrtmp(data: bytes, *, handshake: bool = False) -> list[Chunk]:
    """Every whole message in the bytes."""
    stream = asyncio.StreamReader()
    stream.feed_data(data)
    stream.feed_eof()
    manager = SessionManager(stream, writer=None, reader_chunk_size=128)
    if handshake:
        await C0.from_stream(manager.fifo_reader)
        await C1.from_stream(manager.fifo_reader)
        await C2.from_stream(manager.fifo_reader)
    messages = []
    with suppress(StreamClosedException):
        async for chunk in manager.read_chunks_from_stream():
            if chunk.msg_type_id == SET_CHUNK_SIZE:
                manager.reader_chunk_size = SetChunkSize.from_chunk(chunk).chunk_size
            messages.append(chunk)
    return messages
