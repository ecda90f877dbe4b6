"""A disk of its own size, so that it can be full. Needs root."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path


def _mount(place: Path, megabytes: int) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def can_mount() -> bool:
    if os.geteuid() != 0:
        return False
    place = Path(f"/tmp/stream-sync-probe-{os.getpid()}")  # noqa: S108 - a mount point, removed below
    place.mkdir()
    made = _mount(place, 1)
    if made:
        subprocess.run(["umount", str(place)], check=False)
    place.rmdir()
    return made


@contextlib.contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    place.mkdir()
    assert _mount(place, megabytes)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
