"""The database is away, or a write meets another transaction, against the real database protocol."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services.streams import admission
from chalicelib.store import channels, guard, nodes
from tests.integration.store.conftest import Clock, LeasedStudio, Node
from tests.integration.store.holds import live
from tests.support.ports import free_ports
from tests.support.stack import forget_connections


@pytest.fixture
def no_database(studio: LeasedStudio, node: Node, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The endpoint is closed: nobody listens there."""
    (closed,) = free_ports(1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed}")
    forget_connections()
    yield
    forget_connections()


@pytest.mark.requirement("ST-11")
def test_an_unreachable_database_fails_every_claim_closed(studio: LeasedStudio, node: Node, no_database: None) -> None:
    with pytest.raises(StoreUnavailable):
        admission.authenticate(studio.stream_key, studio.clock.now, studio.cache)
    with pytest.raises(StoreUnavailable):
        studio.claim(node.publisher())
    with pytest.raises(StoreUnavailable):
        node.renew()


def test_meeting_another_transaction_is_no_lost_lease(
    studio: LeasedStudio, node: Node, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As DynamoDB answers while somebody edits the channel's title; the emulator never does."""
    hold = live(studio, node)
    contended = ContendedOnce(monkeypatch, "TransactionCanceledException")
    with pytest.raises(guard.Contended):
        hold.lost(clock.now, clock.now, 0)
    assert contended.met
    assert hold.lost(clock.now, clock.now, 0) is not None


def test_a_claim_that_meets_another_transaction_is_tried_again(
    studio: LeasedStudio, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    contended = ContendedOnce(monkeypatch, "TransactionCanceledException")
    assert studio.claim(node.publisher()).fence == 1
    assert contended.met


def test_an_edit_that_meets_a_transaction_is_tried_again(studio: LeasedStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    contended = ContendedOnce(monkeypatch, "TransactionConflictException")
    assert channels.edit(studio.channel_id, {"title": "Evening show"}).title == "Evening show"
    assert contended.met


class ContendedOnce:
    """The first write from now on is answered with a conflict."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
        self.met = False
        real = BaseClient._make_api_call  # type: ignore[attr-defined]

        def answer(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
            if self.met or operation not in ("TransactWriteItems", "UpdateItem"):
                return real(client, operation, arguments)
            self.met = True
            reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
            body: Any = {"Error": {"Code": code, "Message": "conflict"}, "CancellationReasons": reasons}
            raise ClientError(body, operation)

        monkeypatch.setattr(BaseClient, "_make_api_call", answer)


def test_two_first_requests_at_once_make_one_channel(studio: LeasedStudio, clock: Clock) -> None:
    assert not channels.create(studio.channel, studio.another())
    assert nodes.find("no-such-node") is None
