"""Ingest nodes that a test starts, and may kill, freeze or drain."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from ulid import ULID

from local.children import die_with
from local.settings import HOST, ROOT
from tests.support.ports import free_ports
from tests.support.waiting import until

LOG_TAIL = 40  # lines


def log_entries(log: str, event: str, **fields: object) -> list[dict[str, Any]]:
    """Of an ingest node's log those entries that have this event code and these fields."""
    # The last line may be half written.
    entries = (json.loads(line) for line in log.splitlines() if line.startswith("{") and line.endswith("}"))
    return [entry for entry in entries if entry.get("event") == event and fields.items() <= entry.items()]


class Node:
    """One `python -m ingest_container`, on `host` and a port of its own. Other settings are variables: `capacity=1`."""

    def __init__(self, env: dict[str, str], log: Path, **settings: object) -> None:
        (self.port,) = free_ports(1)
        host = str(settings.pop("host", HOST))
        self.node_id = str(settings.pop("node_id", f"node-{ULID()}"))
        self.ingest_url = f"rtmp://{host}:{self.port}/live"
        module = str(settings.pop("module", "ingest_container"))
        self._log = log
        named = {f"STREAM_SYNC_{name.upper()}": str(value) for name, value in settings.items()}
        own = {
            "STREAM_SYNC_NODE_ID": self.node_id,
            "STREAM_SYNC_RTMP_HOST": host,
            "STREAM_SYNC_RTMP_PORT": str(self.port),
            "STREAM_SYNC_ADDRESS": f"{host}:{self.port}",
        }
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=ROOT,
                env=env | own | named,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                preexec_fn=die_with(os.getpid()),
            )

    def listening(self) -> Self:
        until(self._listens, "the node listens", 90)
        return self

    def _listens(self) -> bool:
        assert self.process.poll() is None, self.text()
        return bool(self.logged("listening"))

    def text(self) -> str:
        return self._log.read_text()

    def tail(self) -> str:
        return "\n".join(self.text().splitlines()[-LOG_TAIL:])

    def logged(self, event: str, **fields: object) -> list[dict[str, Any]]:
        """Its log's entries with this event code and these fields."""
        return log_entries(self.text(), event, **fields)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> None:
        """However it is, it is gone afterwards; pytest shows the end of its log beside a failure."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        print(f"--- {self.node_id}", self.tail(), sep="\n")
