"""The bytes of parts and segments, in the pieces that they came in.

Coded frames stay where the session put them. They are put together when somebody asks for a part or a segment in one
piece, once for all who do; the archive takes the pieces. Either way each byte is kept once: the parts of a segment that
was put together are views of it.
"""

from collections.abc import Sequence

Buffer = bytes | memoryview


class PartBytes:
    """Of one part. The first `skips[n]` bytes of piece n are not the part's; none of any by default."""

    __slots__ = ("_pieces", "_skips", "size")

    def __init__(self, pieces: Sequence[Buffer], skips: Sequence[int] | None = None) -> None:
        self._pieces = pieces
        self._skips = skips
        self.size = sum(map(len, pieces)) - (sum(skips) if skips is not None else 0)

    def buffers(self) -> Sequence[Buffer]:
        """As they are."""
        if self._skips is None:
            return self._pieces
        return [
            memoryview(piece)[skip:] if skip else piece for piece, skip in zip(self._pieces, self._skips, strict=True)
        ]

    def whole(self) -> Buffer:
        """In one piece, from now on."""
        if len(self._pieces) != 1 or self._skips is not None:
            self.replace(b"".join(self.buffers()))
        return self._pieces[0]

    def replace(self, whole: Buffer) -> None:
        """The same bytes, elsewhere."""
        self._pieces, self._skips = (whole,), None


class SegmentBytes:
    """Of one segment: those of its parts."""

    __slots__ = ("_whole", "parts", "size")

    def __init__(self) -> None:
        self.parts: list[PartBytes] = []
        self.size = 0
        self._whole: memoryview | None = None

    def add(self, part: PartBytes) -> None:
        self.parts.append(part)
        self.size += part.size

    def buffers(self) -> Sequence[Buffer]:
        """As they are."""
        return [buffer for part in self.parts for buffer in part.buffers()] if self._whole is None else [self._whole]

    def whole(self) -> memoryview:
        """In one piece, from now on. No part is added any more."""
        if self._whole is None:
            self._whole = memoryview(b"".join(self.buffers()))
            at = 0
            for part in self.parts:
                part.replace(self._whole[at : at + part.size])
                at += part.size
        return self._whole
