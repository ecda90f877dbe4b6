"""The hot path compiled and as it is: the same tests pass, and a build never stands in for other sources."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ingest_container import compiled
from local.settings import ROOT

WHERE = "from ingest_container.rtmp import chunks; print(chunks.__file__)"
WHERE_MEDIA = "from ingest_container.media import segmenter; print(segmenter.__file__)"
TESTED = ("tests/unit/rtmp", *(f"tests/unit/media/test_{name}.py" for name in ("exact_output", "segmenter")))
QUICK = {"CFLAGS": "-O0"}


def python(
    *arguments: str, cwd: Path = ROOT, variables: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != compiled.UNWANTED} | (variables or {})
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=230, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package alone, as somebody might edit it."""
    shutil.copytree(ROOT / "ingest_container", tmp_path / "ingest_container")
    (tmp_path / "chalicelib").symlink_to(ROOT / "chalicelib")
    return tmp_path


@pytest.mark.needs("cc")
def test_what_runs_is_compiled() -> None:
    python("-m", "ingest_container.build")
    for where in (WHERE, WHERE_MEDIA):
        assert python("-c", where).stdout.strip().startswith(str(compiled.BUILDS))


@pytest.mark.needs("cc")
def test_the_hot_paths_tests_pass_uncompiled_too() -> None:
    """In a run of their own: a process has one form or the other, and this one's is compiled.

    The code is the same, so of random cases there are fewer (`conversation.cases`).
    """
    plain = {compiled.UNWANTED: "1"}
    run = python("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TESTED, variables=plain)
    assert run.returncode == 0, run.stdout[-3000:]


@pytest.mark.needs("cc")
def test_edited_sources_run_uncompiled_until_they_are_built(copy: Path) -> None:
    python("-m", "ingest_container.build")
    shutil.copytree(compiled.BUILDS, copy / "build" / "hot")
    assert "/build/hot/" in python("-c", WHERE, cwd=copy).stdout
    chunks = copy / "ingest_container" / "rtmp" / "chunks.py"
    chunks.write_text(chunks.read_text() + "\nEDITED = True\n")
    assert python("-c", WHERE, cwd=copy).stdout.strip() == str(chunks)
    python("-m", "ingest_container.build", cwd=copy, variables=QUICK)
    assert "/build/hot/" in python("-c", WHERE + "; chunks.EDITED", cwd=copy).stdout
    assert len(list((copy / "build" / "hot").iterdir())) == 1


def test_without_a_compiler_it_says_so_and_runs_as_it_is(copy: Path) -> None:
    build = python("-m", "ingest_container.build", cwd=copy, variables={"PATH": "/nonexistent"})
    assert build.returncode == 0
    assert "no C compiler" in build.stdout
    assert "plain Python" in build.stdout
    assert python("-c", WHERE, cwd=copy).stdout.strip() == str(copy / "ingest_container" / "rtmp" / "chunks.py")


@pytest.mark.needs("cc")
def test_a_compiler_that_fails_is_no_failure_either(copy: Path) -> None:
    types = copy / "ingest_container" / "rtmp" / "chunks.pxd"
    types.write_text(types.read_text() + "\nthis is no C type\n")
    build = python("-m", "ingest_container.build", cwd=copy)
    assert build.returncode == 0
    assert "Compiling failed" in build.stdout
    assert list((copy / "build" / "hot").iterdir()) == []
    assert python("-c", WHERE, cwd=copy).returncode == 0
