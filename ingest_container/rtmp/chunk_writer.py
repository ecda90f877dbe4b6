"""Messages cut into chunks (RTMP 1.0, 5.3), for what a server tells a publisher."""

from .limits import DEFAULT_CHUNK_SIZE


class ChunkWriter:
    """Turns messages into chunks. That is little, so every message has a full header."""

    def __init__(self) -> None:
        self.chunk_size = DEFAULT_CHUNK_SIZE

    def write(self, chunk_stream_id: int, type_id: int, stream_id: int, payload: bytes) -> bytes:
        """The message at time 0; `chunk_stream_id` is 2 to 63."""
        out = bytearray((chunk_stream_id,))
        out += bytes(3)
        out += len(payload).to_bytes(3, "big")
        out.append(type_id)
        out += stream_id.to_bytes(4, "little")
        size = self.chunk_size
        out += payload[:size]
        for start in range(size, len(payload), size):
            out.append(0xC0 | chunk_stream_id)
            out += payload[start : start + size]
        return bytes(out)
