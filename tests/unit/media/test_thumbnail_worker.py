"""One key frame, one JPEG: its size, its shape, its colour; and what is no picture."""

import io
import os
import resource
import signal
import subprocess
import sys

import pytest

from ingest_container.media import thumbnail_worker
from ingest_container.media.packaging import Packaging
from ingest_container.media.thumbnail_worker import MAX_HEIGHT, MAX_JOB_BYTES, WIDTH, serve, thumbnail
from tests.support.pictures import LOG, RGB, Clock, decoded, flv, garbage, is_near, packaged

ORANGE: RGB = (230, 120, 30)


def key_picture(data: bytes) -> bytes:
    clock = Clock()
    picture = packaged(Packaging(clock, LOG), clock, data).key_picture
    assert picture is not None
    return picture.data


async def packaged_garbage() -> bytes:
    clock = Clock()
    packager = packaged(Packaging(clock, LOG), clock, b"")
    garbage(packager, clock)
    picture = packager.key_picture
    assert picture is not None
    return picture.data


@pytest.mark.requirement("FX-2")
@pytest.mark.parametrize("encoder", ["libx264", "libx265", "libsvtav1"])
async def test_the_picture_is_640_wide_and_has_the_colour_that_was_sent(encoder: str) -> None:
    width, height, colour = decoded(thumbnail(key_picture(flv(ORANGE, encoder=encoder))))
    assert (width, height) == (WIDTH, 360)
    assert is_near(colour, ORANGE)


async def test_colours_of_hd_are_those_of_hd() -> None:
    _, _, colour = decoded(thumbnail(key_picture(flv(ORANGE, (1280, 720)))))
    assert is_near(colour, ORANGE)


@pytest.mark.parametrize(
    ("size", "sar", "height"),
    [((180, 320), 1, 1138), ((320, 180), 2, 180), ((16, 1024), 1, MAX_HEIGHT), ((1024, 16), 1, 10)],
    ids=["upright", "anamorphic", "a column", "a line"],
)
async def test_the_shape_is_the_one_that_viewers_see(size: tuple[int, int], sar: int, height: int) -> None:
    assert decoded(thumbnail(key_picture(flv(ORANGE, size, sar=sar))))[:2] == (WIDTH, height)


async def test_the_start_of_a_fragment_is_enough() -> None:
    data = key_picture(flv(ORANGE))
    assert decoded(thumbnail(data[:-10]))[0] == WIDTH


async def test_garbage_answers_no_picture_and_the_next_job_is_done() -> None:
    good = key_picture(flv(ORANGE))
    jobs = [await packaged_garbage(), b"\0\0\0\x08ftyp", good[: len(good) // 4], good]
    results = io.BytesIO()
    serve(io.BytesIO(b"".join(len(job).to_bytes(4, "big") + job for job in jobs)), results, within_limits=False)
    assert results.getvalue()[:12] == bytes(12)
    assert decoded(results.getvalue()[16:])[0] == WIDTH


def test_a_job_that_is_too_long_ends_the_worker() -> None:
    results = io.BytesIO()
    serve(io.BytesIO((MAX_JOB_BYTES + 1).to_bytes(4, "big")), results, within_limits=False)
    assert results.getvalue() == b""


LONG_S = 200  # a confined process runs at the lowest priority: beside busy ones a second of CPU time takes minutes
LOOP = "from ingest_container.media import thumbnail_worker as w\nw.allow_cpu(1)\nwhile True: pass"
EAT = "from ingest_container.media import thumbnail_worker as w\nw.confine()\nb = bytearray(2 * w.MEMORY_BYTES)"


def test_a_job_that_never_ends_is_killed_by_the_kernel_though_nobody_waits_for_it() -> None:
    ended = subprocess.run([sys.executable, "-c", LOOP], timeout=LONG_S, check=False)
    assert ended.returncode == -signal.SIGXCPU


def test_memory_is_bounded() -> None:
    ended = subprocess.run([sys.executable, "-c", EAT], timeout=LONG_S, check=False, capture_output=True, text=True)
    assert "MemoryError" in ended.stderr


def test_the_worker_is_the_last_to_run_and_leaves_no_core_file() -> None:
    code = "import os, resource\nfrom ingest_container.media import thumbnail_worker as w\nw.confine()\n"
    code += "print(os.nice(0), *resource.getrlimit(resource.RLIMIT_CORE), *resource.getrlimit(resource.RLIMIT_FSIZE))"
    said = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=LONG_S
    ).stdout
    assert said.split() == ["19", "0", "0", "0", "0"]
    assert os.nice(0) < 19
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != thumbnail_worker.MEMORY_BYTES
