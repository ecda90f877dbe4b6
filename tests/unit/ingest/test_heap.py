"""What is freed goes back to the system, also from below what is still in use."""

import subprocess
import sys

import pytest

from local.settings import ROOT

# Blocks too small to be mapped by themselves, with one that stays behind each.
PROGRAM = """
from ingest_container.base import heap

def resident_mb():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096 // 2**20

before = resident_mb()
blocks = [b"x" * (32 * 1024 if n % 16 else 600) for n in range(4096)]
kept = blocks[::16]
del blocks
freed = resident_mb()
print(before, freed, heap.give_back(), resident_mb())
"""


@pytest.mark.requirement("SS-5.1")
@pytest.mark.skipif(sys.platform != "linux", reason="malloc_trim is glibc's")
def test_freed_memory_goes_back_to_the_system() -> None:
    said = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    before, freed, given_back, after = said.split()
    assert int(freed) - int(before) > 40, "all went back by itself: the test shows nothing"
    assert given_back == "True"
    assert int(after) - int(before) < 20
