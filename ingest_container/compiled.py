"""Where the ahead-of-time build of the hot path lies, if there is one of exactly these sources.

`python -m ingest_container.build` compiles the modules named here into a folder that carries a digest of their text
and of the interpreter. Only that folder is ever looked into, so a build of other sources cannot stand in their way:
who edits a module runs the edited text at once, uncompiled, until it is built again.
"""

import hashlib
import os
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOT = {  # by package, in the order in which they import each other
    "rtmp": ("messages", "frames", "counting", "chunk_stream", "chunks"),
    "media": ("samples", "sound", "runs", "segmenter", "demuxer"),
}
BUILDS = HERE.parent / "build" / "hot"
UNWANTED = "STREAM_SYNC_PURE_PYTHON"  # set to anything: run the sources as they are

_SUFFIX = sysconfig.get_config_var("EXT_SUFFIX") or ".so"


def sources(package: str) -> list[Path]:
    """What is compiled of it: the modules and their C types."""
    return [HERE / package / f"{name}{suffix}" for name in HOT[package] for suffix in (".py", ".pxd")]


def folder() -> Path:
    """Where the build of the present sources belongs, whether it is there or not."""
    digest = hashlib.sha256(_SUFFIX.encode())
    for package in HOT:
        for source in sources(package):
            digest.update(source.read_bytes())
    return BUILDS / digest.hexdigest()[:16]


def find(package: str) -> str | None:
    """The folder to import from before the package's own; None if nothing fits or nobody wants it."""
    if os.environ.get(UNWANTED) or not BUILDS.is_dir():
        return None
    built = folder() / package
    return str(built) if all((built / f"{name}{_SUFFIX}").is_file() for name in HOT[package]) else None
