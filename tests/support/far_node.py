"""An ingest node whose connections to AWS go through `STREAM_SYNC_LINK_PORT`, a link that a test has made slow.

Another endpoint URL would not do: the emulator answers requests only that are signed for its own address.
"""

import os
import socket
import sys
from typing import Any

import urllib3.util.connection

from ingest_container.__main__ import main
from local.settings import HOST

_connect = urllib3.util.connection.create_connection


def _connect_to_link(_address: tuple[str, int], *given: Any, **options: Any) -> socket.socket:
    return _connect((HOST, int(os.environ["STREAM_SYNC_LINK_PORT"])), *given, **options)


if __name__ == "__main__":
    setattr(urllib3.util.connection, "create_connection", _connect_to_link)  # noqa: B010 - mypy compares signatures
    sys.exit(main())
