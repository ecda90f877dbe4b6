"""A few seconds of fuzzing in every run of the tests: all seeds, then damaged ones. `-m tests.fuzz` digs deeper."""

import os
import random
import time

import pytest

from tests.fuzz.seeds import corpus
from tests.fuzz.targets import TARGETS

SECONDS = 1.0
each_target = pytest.mark.parametrize("name", sorted(TARGETS))


@each_target
def test_every_seed_keeps_the_promise(name: str) -> None:
    seeds = corpus(name)
    assert len(seeds) >= 3
    for data in seeds.values():
        TARGETS[name](data)


@each_target
def test_damaged_seeds_keep_the_promise(name: str) -> None:
    """In CI the same sequence in each run: no change may fail by what it did not touch. Elsewhere another one.

    The assertion shows the bytes that broke the promise.
    """
    seeds = list(corpus(name).values())
    noise = random.Random(name if os.environ.get("CI", "").lower() == "true" else None)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        data = bytearray(noise.choice(seeds))
        for _ in range(noise.randint(1, 6)):
            _damage(data, noise, seeds)
        try:
            TARGETS[name](bytes(data))
        except Exception as error:
            raise AssertionError(f"{name} breaks its promise with {bytes(data).hex()}") from error


def _damage(data: bytearray, noise: random.Random, seeds: list[bytes]) -> None:
    start = noise.randint(0, len(data))
    match noise.randrange(5):
        case 0:
            data[start : start + 1] = bytes((noise.randrange(256),))
        case 1:
            data[start:start] = noise.randbytes(noise.randint(1, 8))
        case 2:
            del data[start : start + noise.randint(1, 8)]
        case 3:
            other = noise.choice(seeds)
            cut = noise.randint(0, len(other))
            data[start:] = other[cut:]
        case _:
            data[start : start + 4] = noise.choice(
                (b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"\x00\x00\x10\x00")
            )
