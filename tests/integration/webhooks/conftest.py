"""Webhooks on the emulator, with a receiver and a clock that the test sets."""

import time
from collections.abc import Callable, Iterator

import pytest

from chalicelib.domain.events import EventName, StreamStateChange
from chalicelib.domain.webhooks import Webhook
from chalicelib.services.webhooks import registration
from chalicelib.store import webhooks as endpoints
from tests.integration.webhooks.receiver import Receiver, running_receiver
from tests.support.stack import Emulator


class Clock:
    """Milliseconds; stands still until it is moved."""

    def __init__(self) -> None:
        self.now = time.time_ns() // 1_000_000

    def __call__(self) -> int:
        return self.now

    def forward(self, ms: int) -> None:
        self.now += ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def another() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def subscribe(cloud: Emulator, clock: Clock) -> Iterator[Callable[..., registration.RevealedWebhook]]:
    """Makes a webhook to a receiver; all are removed again, because an event goes to every one there is."""

    def make(receiver: Receiver, *events: EventName) -> registration.RevealedWebhook:
        names = [event.value for event in events]
        return registration.create(receiver.url, names, "", enabled=True, now=clock())

    yield make
    for webhook in endpoints.every():
        endpoints.remove(webhook.webhook_id)


@pytest.fixture
def happen(clock: Clock) -> Callable[..., StreamStateChange]:
    """An event of the bus; each call is another one."""
    seq = 0

    def make(name: EventName = EventName.STREAM_START) -> StreamStateChange:
        nonlocal seq
        seq += 1
        return StreamStateChange(event_name=name, channel_id="ch_1", stream_id="01S", node_id="n", seq=seq, at=clock())

    return make


def reloaded(issued: registration.RevealedWebhook) -> Webhook:
    return registration.get(issued.webhook.webhook_id)
