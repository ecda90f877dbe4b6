"""A database that takes requests and does not answer them is away, as one that cannot be reached is."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Thread

import pytest
from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.store.guard import store_errors


@contextmanager
def _frozen() -> Iterator[int]:
    """The system takes its connections; nobody reads them."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def _restarting() -> Iterator[int]:
    """It takes the request and is gone."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take_one() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1)

        taking = Thread(target=take_one)
        taking.start()
        yield server.getsockname()[1]
        taking.join()


def _read(connection: Connection) -> None:
    connection.describe_table("channels")


def _write_in_a_transaction(connection: Connection) -> None:
    with TransactWrite(connection=connection) as write:
        write._put_items.append({"TableName": "channels", "Item": {}})


@pytest.mark.requirement("ST-11")
@pytest.mark.parametrize("call", [_read, _write_in_a_transaction])
@pytest.mark.parametrize("database", [_frozen, _restarting])
def test_no_answer_is_store_unavailable(
    monkeypatch: pytest.MonkeyPatch,
    database: Callable[[], AbstractContextManager[int]],
    call: Callable[[Connection], None],
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    with database() as port:
        connection = Connection(
            region="us-east-1", host=f"http://127.0.0.1:{port}", read_timeout_seconds=0.2, max_retry_attempts=0
        )
        with pytest.raises(StoreUnavailable), store_errors():
            call(connection)
