"""The one ingest node: started, and restarted when it exits, as ECS would."""

import asyncio
import contextlib
import json
import socket
import sys
import time
import urllib.request
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from chalicelib.domain.times import iso
from local.children import Child
from local.loopback import open_url
from local.network import listens_everywhere
from local.private_files import Secrets
from local.settings import BUS_HEADER, HOST, REGION, ROOT, LocalSettings

READY_TIMEOUT_S = 60.0
# It ends its streams first: last writes, audit rows, events.
STOP_GRACE_S = 15.0
# A node that dies sooner than this after its start counts as one that cannot start.
QUICK_DEATH_S = 10.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0


class Node:
    """The child process and its restarts."""

    def __init__(self, settings: LocalSettings, secrets: Secrets, env: Mapping[str, str]) -> None:
        self._settings = settings
        self._secrets = secrets
        self._env = env
        self._child: Child | None = None

    async def start(self) -> Child:
        self._child = await Child.start(
            "ingest node",
            [sys.executable, "-m", "ingest_container"],
            env=self._env,
            cwd=ROOT,
            log=self._settings.log_dir / "ingest.log",
        )
        return self._child

    async def stop(self) -> None:
        if self._child:
            await self._child.stop(STOP_GRACE_S)

    async def until_listening(self) -> None:
        """Raises ChildDied if it never does."""
        if self._child:
            await self._child.until(self._listens, READY_TIMEOUT_S)

    def _listens(self) -> bool:
        host = self._settings.rtmp_host
        # The unspecified address is not a valid destination (RFC 1122, section 3.2.1.3).
        address = ("::1" if ":" in host else HOST) if listens_everywhere(host) else host
        with contextlib.suppress(OSError), socket.create_connection((address, self._settings.rtmp_port), 1):
            return True
        return False

    async def keep_running(self) -> None:
        """Restart it whenever it exits, with a growing pause while it exits soon after its start."""
        pause = FIRST_PAUSE_S
        while child := self._child:
            code = await child.wait()
            if time.monotonic() - child.started > QUICK_DEATH_S:
                pause = FIRST_PAUSE_S
            print(f"The ingest node exited (code {code}); restarting it in {pause:.0f} s. Log: {child.log}", flush=True)
            await asyncio.to_thread(self._announce_stopped_task, code)
            await asyncio.sleep(pause)
            await self.start()
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _announce_stopped_task(self, code: int) -> None:
        """ECS's event, given to the gateway directly: PutEvents takes no `aws.*` source."""
        event = stopped_task_event(self._env["STREAM_SYNC_NODE_ID"], code, datetime.now(UTC))
        request = urllib.request.Request(
            f"{self._settings.http_url}/bus-events",
            data=json.dumps(event).encode(),
            headers={"Content-Type": "application/json", BUS_HEADER: self._secrets.bus_secret},
        )
        try:
            with open_url(request, timeout=5):
                pass
        except OSError as error:
            print(f"The gateway did not accept the event: {error}", flush=True)


def stopped_task_event(node_id: str, code: int, now: datetime) -> dict[str, object]:
    """ "ECS Task State Change" as ECS writes it. The task's ARN ends with the node's id."""
    at = iso(int(now.timestamp() * 1000))
    account = "000000000000"
    task = f"arn:aws:ecs:{REGION}:{account}:task/stream-sync/{node_id}"
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": account,
        "time": at,
        "region": REGION,
        "resources": [task],
        "detail": {
            "clusterArn": f"arn:aws:ecs:{REGION}:{account}:cluster/stream-sync",
            "taskArn": task,
            "group": "service:ingest",
            "lastStatus": "STOPPED",
            "desiredStatus": "RUNNING",
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "stoppedAt": at,
            "containers": [{"name": "ingest", "lastStatus": "STOPPED", "exitCode": code}],
        },
    }
