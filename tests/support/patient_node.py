"""An ingest node that waits for an encoder's return for a minute: for tests that look around meanwhile.

Nor is an encoder silent that a busy machine holds up for some seconds.
"""

import os
import sys

from chalicelib.domain import streams

os.environ.setdefault("STREAM_SYNC_SILENCE_SECONDS", "30")
# Before anything of ours takes a reference to it.
streams.GRACE = 60_000

from ingest_container.__main__ import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
