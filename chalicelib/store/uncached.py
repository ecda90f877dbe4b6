"""Files that are written once and rarely read, past the page cache.

A recording would fill the page cache with what nobody reads soon, and taking new pages for it costs several times as
much CPU as copying into them. Linux 6.14 and later drop the pages once they are on the disk (RWF_DONTCACHE), where
the file system can; anywhere else the file is written as usual.
"""

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

Buffer = bytes | memoryview

_RWF_DONTCACHE = 0x80  # linux/fs.h; Python 3.11 has no name for it
_MOST_BUFFERS = 1_024  # of one call, IOV_MAX


def write_file(path: Path, buffers: Sequence[Buffer]) -> None:
    """All of them, one after another, as the content of the file. Raises OSError."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        _write(file, [memoryview(each) for each in buffers if len(each)])
    finally:
        os.close(file)


def _write(file: int, left: list[memoryview]) -> None:
    flags = _RWF_DONTCACHE if sys.platform == "linux" else 0
    at = done = 0
    while done < len(left):
        try:
            written = os.pwritev(file, left[done : done + _MOST_BUFFERS], at, flags)
        except OSError as error:
            if not flags or error.errno != errno.EOPNOTSUPP:
                raise
            flags = 0
            continue
        if not written:
            raise OSError(errno.EIO, "nothing was written")
        at += written
        while done < len(left) and written >= len(left[done]):
            written -= len(left[done])
            done += 1
        if written:  # a call may take less than all
            left[done] = left[done][written:]
