"""Files that are written once and rarely read, past the page cache.

A recording would fill the page cache with what nobody reads soon, and taking new pages for it costs several times as
much CPU as copying into them. Linux 6.14 and later drop the pages once they are on the disk (RWF_DONTCACHE), where
the file system can; anywhere else the file is written as usual.
"""

import errno
import os
import sys
from collections.abc import Sequence

Buffer = bytes | memoryview

_RWF_DONTCACHE = 0x80  # linux/fs.h; Python 3.11 has no name for it
_MOST_BUFFERS = 1_024  # of one call, IOV_MAX


def write_file(path: str, buffers: Sequence[Buffer]) -> int:
    """All of them, one after another, as the content of the file. Returns its size, bytes. Raises OSError."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        _write(file, buffers)
        return os.fstat(file).st_size
    finally:
        os.close(file)


def _write(file: int, buffers: Sequence[Buffer]) -> None:
    flags = _RWF_DONTCACHE if sys.platform == "linux" else 0
    at = 0
    for first in range(0, len(buffers), _MOST_BUFFERS):
        left = buffers[first : first + _MOST_BUFFERS]
        size = sum(map(len, left))
        while size:
            try:
                written = os.pwritev(file, left, at, flags)
            except OSError as error:
                if not flags or error.errno != errno.EOPNOTSUPP:
                    raise
                flags = 0
                continue
            if not written:
                raise OSError(errno.EIO, "nothing was written")
            at += written
            size -= written
            if size:  # a call may take less than all
                left = _behind(left, written)


def _behind(buffers: Sequence[Buffer], skipped: int) -> list[Buffer]:
    """What follows the first bytes of these."""
    found: list[Buffer] = []
    for buffer in buffers:
        if skipped < len(buffer):
            found.append(memoryview(buffer)[skipped:] if skipped else buffer)
        skipped = max(0, skipped - len(buffer))
    return found
