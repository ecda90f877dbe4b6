"""The one place that makes AWS clients: time-outs, retries and endpoints are set here and nowhere else."""

from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config

from chalicelib.config import settings

# A publisher waits for at most a few round trips: fail a hung call fast and let the caller say "Service Unavailable".
CONNECT_TIMEOUT_S = 2
READ_TIMEOUT_S = 5
POOL = 32


def client_config(**overrides: Any) -> Config:
    options: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "read_timeout": READ_TIMEOUT_S,
        "max_pool_connections": POOL,
        "retries": {"mode": "standard", "max_attempts": 3},
    }
    return Config(**(options | overrides))


@lru_cache(maxsize=16)
def client(service: str, endpoint_url: str | None = None, config: Config | None = None) -> Any:
    """A shared, thread-safe client. `AWS_ENDPOINT_URL` moves all of them, `endpoint_url` one."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=settings().data_region,
        endpoint_url=endpoint_url,
        config=config or client_config(),
    )


# A message to a WebSocket is soon followed by a newer one: one that hangs must not hold up those to others.
_MESSAGE = client_config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "max_attempts": 2})


def connections_api(url: str) -> Any:
    """API Gateway's `@connections` management API: Chalice's own sender cannot be pointed anywhere but at AWS."""
    return client("apigatewaymanagementapi", url, _MESSAGE)
