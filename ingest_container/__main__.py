"""`python -m ingest_container`: one ingest node.

SIGTERM or Ctrl-C moves its streams to other nodes, if `STREAM_SYNC_DRAIN_SECONDS` gives it time; the next one ends them
properly, and the one after that ends the process at once.
"""

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

from pydantic import ValidationError

from chalicelib.config import bad_variables, settings
from chalicelib.observability import logger
from ingest_container.base.settings import IngestSettings
from ingest_container.node import fargate

try:
    import uvloop as loops
except ImportError:  # not made for every platform; asyncio's own takes more CPU for the same streams
    import asyncio as loops  # type: ignore[no-redef]

if TYPE_CHECKING:
    from ingest_container.node.node import IngestNode


def main() -> int:
    """0 after a proper end, 1 if the node failed, 2 if it could not start."""
    try:
        shared, own = settings(), _own_settings()
    except ValidationError as error:
        sys.stderr.write(f"{bad_variables(error)}\n")
        return 2
    # Not before the environment is known to be good: the tables take their names from it at import.
    from ingest_container.net.listeners import CannotListen
    from ingest_container.net.tls import CertificateUnreadable
    from ingest_container.node.node import IngestNode

    try:
        with asyncio.Runner(loop_factory=loops.new_event_loop) as runner:
            runner.run(_serve(IngestNode(own, shared, logger("ingest"))))
    except CannotListen as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except CertificateUnreadable as error:
        sys.stderr.write(f"Cannot serve RTMPS with STREAM_SYNC_TLS_CERTIFICATE, STREAM_SYNC_TLS_PRIVATE_KEY: {error}\n")
        return 2
    except asyncio.CancelledError:
        # One signal too many: nothing is waited for any more, least of all threads in a call to AWS.
        os._exit(1)
    return 0


def _own_settings() -> IngestSettings:
    """On Fargate the task's own id and address, unless the environment says otherwise."""
    task = fargate.this_task()
    own = IngestSettings()
    if task is None:
        return own
    found = {
        "node_id": task.task_id,
        "address": f"{task.address}:{own.rtmp_port}",
        "origin_address": task.address,
        "peer_address": task.address,
        "version": task.version,
    }
    return own.model_copy(update={name: value for name, value in found.items() if name not in own.model_fields_set})


async def _serve(node: "IngestNode") -> None:
    loop = asyncio.get_running_loop()
    serving = asyncio.current_task()

    def on_signal() -> None:
        if node.stopping and serving is not None:
            serving.cancel()
        node.terminate()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, on_signal)
    await node.run()


if __name__ == "__main__":
    sys.exit(main())
