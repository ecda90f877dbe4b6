"""pynamodb's exceptions as ours, and the connection that transactions share."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar

from botocore.exceptions import BotoCoreError
from pynamodb.connection import Connection
from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib import aws
from chalicelib.config import settings
from chalicelib.domain.errors import InternalError
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.store import models, runtime_models

# Seconds between attempts at rows that another transaction is writing; one takes a few milliseconds.
CONTENTION_PAUSES = (0.01, 0.03, 0.1, 0.3)

MALFORMED = "ValidationException"

T = TypeVar("T")


class ConditionFailed(Exception):
    """A condition did not hold. Private to `store`: repositories say what it means.

    `items` holds the positions, in DynamoDB's order (checks, deletes, puts, updates), of the failed ones.
    """

    def __init__(self, items: frozenset[int]) -> None:
        super().__init__(f"conditions {sorted(items)} failed")
        self.items = items


class Contended(StoreUnavailable):
    """Another transaction was writing one of the rows: whether the conditions hold is unknown, nothing was written.

    Must not be treated as a failed condition: a holder would release a lease that it still holds.
    """


@contextmanager
def store_errors() -> Iterator[None]:
    """Inside, a failed condition is `ConditionFailed`, and whatever means "no answer" is `StoreUnavailable`.

    A request that DynamoDB finds malformed is a bug of ours, `InternalError`: a retry would never help.

    A conflict with a transaction on the same rows is `Contended`, a subclass of `StoreUnavailable`.
    """
    try:
        yield
    except DoesNotExist:
        raise
    except TransactWriteError as error:
        reasons = error.cancellation_reasons
        failed = {i for i, r in enumerate(reasons) if r and r.code == "ConditionalCheckFailed"}
        if failed:
            raise ConditionFailed(frozenset(failed)) from error
        if any(r and r.code == "TransactionConflict" for r in reasons):
            raise Contended() from error
        if _code(error) == MALFORMED or any(r and r.code == "ValidationError" for r in reasons):
            raise InternalError() from error
        raise StoreUnavailable() from error
    except PynamoDBException as error:
        code = _code(error)
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed(frozenset({0})) from error
        if code == "TransactionConflictException":
            raise Contended() from error
        if code == MALFORMED:
            raise InternalError() from error
        raise StoreUnavailable() from error
    except BotoCoreError as error:
        raise StoreUnavailable() from error


def _code(error: PynamoDBException) -> str | None:
    """DynamoDB's own name of the error; None if it gave no answer.

    pynamodb's property would fail then: botocore's time-outs and cut connections have a `response` that is None.
    """
    return error.cause_response_code if getattr(error.cause, "response", None) else None


@lru_cache(maxsize=1)
def _connection() -> Connection:
    return Connection(
        region=settings().data_region,
        connect_timeout_seconds=aws.CONNECT_TIMEOUT_S,
        read_timeout_seconds=aws.READ_TIMEOUT_S,
        max_pool_connections=aws.POOL,
        max_retry_attempts=3,
    )


def warm_up() -> None:
    """One client for all tables and one for renewals, made now: for processes with many threads that live long.

    Else pynamodb makes one for each table, at 12 MB and 60 ms, and one more for each thread that meets at a first use.
    """
    shared = _connection()
    for table in models.TABLES:
        own = table._get_connection()
        if own.connection is not shared:
            shared.add_meta_table(own.get_meta_table())
            own.connection = shared
    shared.client  # noqa: B018  # makes it
    runtime_models.Heartbeat._get_connection().connection.client  # noqa: B018  # its own


@contextmanager
def transaction() -> Iterator[TransactWrite]:
    """All or nothing, one round trip. Raises ConditionFailed, StoreUnavailable."""
    with store_errors(), TransactWrite(connection=_connection()) as write:
        yield write


def past_contention(step: Callable[[], T]) -> T:
    """The step's result; it is taken again while it only meets other transactions. Raises Contended in the end."""
    for pause in CONTENTION_PAUSES:
        try:
            return step()
        except Contended:
            time.sleep(pause)
    return step()
