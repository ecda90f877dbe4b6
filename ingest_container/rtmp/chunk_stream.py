"""One chunk stream of a connection, and the bodies of its chunks.

Compiled where there is a compiler; `chunk_stream.pxd` holds its C types then.
"""

_LARGE = 1_024  # bytes of a chunk, from which on chunks are copied one by one


class ChunkStream:
    """What later headers of one chunk stream refer back to, and the message under way on it."""

    __slots__ = (
        "body",
        "delta",
        "extended",
        "id",
        "length",
        "mark",
        "missing",
        "open",
        "plain",
        "stream_id",
        "timestamp",
        "type_id",
    )

    def __init__(self, chunk_stream_id: int) -> None:
        self.id = chunk_stream_id
        self.mark = 0xC0 | chunk_stream_id & 0x3F  # the header of a chunk that continues, in its usual form
        self.timestamp = 0
        self.delta = 0
        self.extended = b""  # the 4 bytes of the extended time field, if the latest header had one
        self.length = 0
        self.type_id = 0
        self.stream_id = 0
        self.missing = 0  # bytes of the message that are still to come
        self.open = False  # a message is under way
        self.plain = False  # a frame like the one before it
        self.body = bytearray()  # what has come of it in earlier reads


def bodies_of_run(buffer: bytearray, view: memoryview, start: int, end: int, size: int) -> bytes | bytearray:
    """Of the chunks in `buffer[start:end]`, each of `size` bytes, and a byte of header between them. `view`: of it.

    Small chunks are copied together, and their headers dropped by one strided deletion.
    """
    if size < _LARGE:
        run = buffer[start:end]
        del run[size :: size + 1]
        return run
    bodies = []
    while start < end:
        bodies.append(view[start : min(start + size, end)])
        start += size + 1
    return b"".join(bodies)
