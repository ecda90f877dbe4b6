"""`python -m ingest_container.build`: compile the hot path, where this machine has a C compiler.

It is never a failure that there is none: the same sources run uncompiled, and what that costs is said. Builds of other
sources are removed.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from ingest_container import compiled

# No index before the beginning or past the end is ever used; if one were, it is an exception and not a crash.
DIRECTIVES = {"language_level": 3, "boundscheck": True, "wraparound": False, "annotation_typing": False}
PLAIN = "The ingest node runs as plain Python; it needs one and a half times to twice the CPU for the same streams."
ROOT = "ingest_container"


class CannotBuild(Exception):
    """The message says what is missing, in a line or a few."""


def main() -> int:
    """0 whether there is a build afterwards or not."""
    target = compiled.folder()
    if target.is_dir():
        return 0
    try:
        _check_compiler()
        _print("Compiling the ingest's hot path")
        _build(target)
    except CannotBuild as reason:
        _print(f"{reason}\n{PLAIN}")
        return 0
    for other in compiled.BUILDS.iterdir():
        if other != target:
            shutil.rmtree(other, ignore_errors=True)
    return 0


def _check_compiler() -> None:
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    header = Path(sysconfig.get_paths()["include"]) / "Python.h"
    if shutil.which(compiler) is None and shutil.which("cc") is None:
        raise CannotBuild(f"There is no C compiler here ({compiler}). Debian and Ubuntu:  sudo apt-get install gcc")
    if not header.is_file():
        raise CannotBuild(f"There is no {header}. Debian and Ubuntu:  sudo apt-get install python3-dev")


def _build(target: Path) -> None:
    """In a folder of its own, moved to its place when it is whole."""
    compiled.BUILDS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=compiled.BUILDS, prefix="making-") as name:
        making = Path(name)
        for package in compiled.HOT:
            place = making / "source" / ROOT / package
            place.mkdir(parents=True)
            for each in (place, place.parent):
                (each / "__init__.py").touch()
            for source in compiled.sources(package):
                shutil.copy(source, place)
        code = f"from ingest_container.build import compile_in; compile_in({str(making)!r})"
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        built = making / "built" / ROOT
        if run.returncode != 0 or not built.is_dir():
            raise CannotBuild("Compiling failed:\n" + "\n".join((run.stdout + run.stderr).splitlines()[-8:]))
        try:
            built.rename(target)
        except OSError:
            if not target.is_dir():  # else another run was faster
                raise


def compile_in(folder: str) -> None:
    """Compile the copied sources below `folder`, in a process of its own: setuptools changes the one it runs in."""
    from Cython.Build import cythonize
    from setuptools import Extension, setup

    source, built = Path(folder) / "source", Path(folder) / "built"
    extensions = [
        Extension(f"{ROOT}.{package}.{name}", [str(source / ROOT / package / f"{name}.py")])
        for package, names in compiled.HOT.items()
        for name in names
    ]
    modules = cythonize(extensions, include_path=[str(source)], compiler_directives=DIRECTIVES, quiet=True)
    script = ["build_ext", "--build-lib", str(built), "--build-temp", str(Path(folder) / "objects")]
    script += ["--parallel", str(os.cpu_count() or 1)]
    setup(name="stream-sync-hot", packages=[], ext_modules=modules, script_args=["--quiet", *script])


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
