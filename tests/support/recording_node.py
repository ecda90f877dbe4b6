"""An ingest node that notes its calls to AWS (`tests.support.recorded_calls`), as `ingest_node`."""

import sys

from ingest_container.__main__ import main
from tests.support.recorded_calls import note

if __name__ == "__main__":
    note(lambda: "ingest_node")
    sys.exit(main())
