"""What ECS knows of the task we run in: the node's id and address on Fargate.

Source: the task metadata endpoint, version 4; the agent sets `ECS_CONTAINER_METADATA_URI_V4`.
"""

import json
import os
import urllib.request
from dataclasses import dataclass

METADATA_VARIABLE = "ECS_CONTAINER_METADATA_URI_V4"
TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Task:
    """`task_id` is the last part of the task's ARN, as in ECS's events; `address` its private IPv4 address.

    `version` is the task definition's family and revision.
    """

    task_id: str
    address: str
    version: str


def this_task() -> Task | None:
    """None outside ECS, and where the agent does not answer as it should."""
    base = os.environ.get(METADATA_VARIABLE, "")
    if not base.startswith("http://"):
        return None
    try:
        with urllib.request.urlopen(f"{base}/task", timeout=TIMEOUT_S) as answer:
            task = json.load(answer)
        networks = [network for container in task.get("Containers", []) for network in container.get("Networks", [])]
        addresses = [address for network in networks for address in network.get("IPv4Addresses", [])]
        version = f"{task['Family']}:{task['Revision']}"
        return Task(str(task["TaskARN"]).rpartition("/")[2], addresses[0] if addresses else "", version)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
