"""An ingest node that waits for an encoder's return for a minute: for tests that look around meanwhile."""

import sys

from chalicelib.domain import streams

# Before anything of ours takes a reference to it.
streams.GRACE = 60_000

from ingest_container.__main__ import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
