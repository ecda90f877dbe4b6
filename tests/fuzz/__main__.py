"""`python -m tests.fuzz <target> [seconds]`: coverage-guided fuzzing with atheris, from the seeds kept here.

    .venv/bin/pip install -r tests/fuzz/requirements.txt
    .venv/bin/python -m tests.fuzz session 600

What it finds is written to `crash-...` in the working directory: mend the defect, then keep the file among the seeds.
"""

import os
import shutil
import sys
import tempfile

import atheris

os.environ["STREAM_SYNC_PURE_PYTHON"] = "1"  # compiled code cannot be watched
with atheris.instrument_imports(include=["ingest_container.rtmp", "ingest_container.net.proxy_protocol"]):
    from tests.fuzz.targets import TARGETS

from tests.fuzz.seeds import FOLDER


def main() -> None:
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: python -m tests.fuzz ({'|'.join(TARGETS)}) [seconds]")
    target, seconds = sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else "60"
    # The fuzzer adds to its corpus: to a copy, so that the seeds stay few and named.
    corpus = tempfile.mkdtemp(prefix=f"fuzz-{target}-")
    shutil.copytree(FOLDER / target, corpus, dirs_exist_ok=True)
    atheris.Setup([sys.argv[0], corpus, f"-max_total_time={seconds}", "-max_len=4096", "-timeout=5"], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
