"""pynamodb's exceptions as ours, and the connection that transactions share."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from botocore.exceptions import BotoCoreError
from pynamodb.connection import Connection
from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib import aws
from chalicelib.config import settings
from chalicelib.domain.errors import StoreUnavailable


class ConditionFailed(Exception):
    """A condition did not hold, or a transaction met another. Private to `store`: repositories say what it means.

    `items` holds the positions, in DynamoDB's order (checks, deletes, puts, updates), of the failed ones;
    it is empty for a conflict between transactions, which a fresh read may resolve.
    """

    def __init__(self, items: frozenset[int] = frozenset()) -> None:
        super().__init__(f"conditions {sorted(items)} failed")
        self.items = items


@contextmanager
def store_errors() -> Iterator[None]:
    """Inside, a failed condition is `ConditionFailed`, and whatever means "no answer" is `StoreUnavailable`."""
    try:
        yield
    except DoesNotExist:
        raise
    except TransactWriteError as error:
        reasons = error.cancellation_reasons
        failed = {i for i, r in enumerate(reasons) if r and r.code == "ConditionalCheckFailed"}
        if failed or any(r and r.code == "TransactionConflict" for r in reasons):
            raise ConditionFailed(frozenset(failed)) from error
        raise StoreUnavailable() from error
    except PynamoDBException as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            raise ConditionFailed(frozenset({0})) from error
        raise StoreUnavailable() from error
    except BotoCoreError as error:
        raise StoreUnavailable() from error


@lru_cache(maxsize=1)
def _connection() -> Connection:
    return Connection(
        region=settings().region,
        connect_timeout_seconds=aws.CONNECT_TIMEOUT_S,
        read_timeout_seconds=aws.READ_TIMEOUT_S,
        max_pool_connections=aws.POOL,
        max_retry_attempts=3,
    )


@contextmanager
def transaction() -> Iterator[TransactWrite]:
    """All or nothing, one round trip. Raises ConditionFailed, StoreUnavailable."""
    with store_errors(), TransactWrite(connection=_connection()) as write:
        yield write
