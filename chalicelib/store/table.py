"""What every table shares: the stage in its name, and how its client behaves."""

from chalicelib import aws
from chalicelib.config import settings


class Table:
    """Base of each model's `Meta`."""

    billing_mode = "PAY_PER_REQUEST"
    region = settings().data_region
    connect_timeout_seconds = aws.CONNECT_TIMEOUT_S
    read_timeout_seconds = aws.READ_TIMEOUT_S
    max_pool_connections = aws.POOL
    max_retry_attempts = 3


def named(noun: str) -> str:
    """The table's name in this stage."""
    return settings().table_prefix + noun
