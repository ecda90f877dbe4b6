"""Notes every call of this process to AWS, a line of JSON for each IAM request, in the file `STREAM_SYNC_CALLS`."""

import json
import os
import threading
from collections.abc import Callable
from typing import Any

import botocore.client

from tests.support.aws_requests import Account, requests

# The emulator's key is behind an alias.
_ACCOUNT = Account("us-east-1", "000000000000", "arn:aws:kms:us-east-1:000000000000:key/stream-keys")
_lock = threading.Lock()


def note(caller: Callable[[], str]) -> None:
    """`caller`: who calls now; calls of nobody are not noted."""
    client: Any = botocore.client.BaseClient
    call = client._make_api_call

    def noted(self: Any, operation: str, params: dict[str, Any]) -> Any:
        if name := caller():
            _write(name, self.meta.service_model.endpoint_prefix, operation, params)
        return call(self, operation, params)

    client._make_api_call = noted


def _write(name: str, service: str, operation: str, params: dict[str, Any]) -> None:
    found = [
        {"function": name, "action": one.action, "resource": one.resource, "context": dict(one.context)}
        for one in requests(_ACCOUNT, service, operation, params)
    ]
    with _lock, open(os.environ["STREAM_SYNC_CALLS"], "a") as file:
        file.writelines(json.dumps(line) + "\n" for line in found)
