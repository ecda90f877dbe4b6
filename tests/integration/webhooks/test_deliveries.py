"""Events reach endpoints: at once, signed, once; and again and again where that fails."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.api.webhooks import on_webhook_event
from chalicelib.domain import webhooks as endpoint_rules
from chalicelib.domain.events import EventName, StreamStateChange
from chalicelib.domain.webhook_deliveries import (
    ATTEMPT_LEASE,
    GIVE_UP_AFTER,
    HOUR,
    KEPT_RESPONSE,
    RETRY_DELAYS,
    Delivery,
    DeliveryStatus,
)
from chalicelib.services.webhooks import deliveries, registration, sender
from chalicelib.services.webhooks.registration import RevealedWebhook
from tests.integration.webhooks.conftest import Clock, reloaded
from tests.integration.webhooks.receiver import Receiver

pytestmark = pytest.mark.requirement("FX-10")

Subscribe = Callable[..., RevealedWebhook]
Happen = Callable[..., StreamStateChange]

LONG = 10_000_000  # ms: no sweep of these tests takes that long


def sweep(clock: Clock) -> int:
    return deliveries.sweep(clock, clock() + LONG)


def log(issued: RevealedWebhook) -> list[Delivery]:
    return deliveries.log(issued.webhook.webhook_id, None, 100, None)


def only(issued: RevealedWebhook) -> Delivery:
    (delivery,) = log(issued)
    return delivery


def test_an_event_is_sent_at_once(receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock) -> None:
    issued = subscribe(receiver)
    assert deliveries.accept(happen(), clock) == 1
    (got,) = receiver.until(1)
    delivery = only(issued)
    assert got.body.decode() == delivery.body
    assert (delivery.status, delivery.due_at) == (DeliveryStatus.DELIVERED, None)
    assert [(attempt.answer.status, attempt.answer.body) for attempt in delivery.attempts] == [(200, "thank you")]
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["Stream-Sync-Event"] == got.event["type"] == "Stream Start"
    assert got.headers["Stream-Sync-Event-Id"] == got.event["id"] == delivery.event_id


def test_an_event_comes_from_the_queue_or_the_bus_itself_and_is_the_same(
    receiver: Receiver, subscribe: Subscribe, happen: Happen
) -> None:
    issued, event = subscribe(receiver), happen()
    envelope = {"detail-type": event.detail_type, "detail": event.model_dump(mode="json")}
    queued = {"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": json.dumps(envelope)}]}
    assert on_webhook_event(queued, None) == {"deliveries": 1}
    assert on_webhook_event(queued, None) == on_webhook_event(envelope, None) == {"deliveries": 0}
    assert only(issued).status is DeliveryStatus.DELIVERED


def test_the_signature_is_that_of_the_secret_shown_at_creation(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    issued = subscribe(receiver)
    deliveries.accept(happen(), clock)
    (got,) = receiver.until(1)
    at = clock() // 1000
    expected = hmac.new(issued.secret.encode(), f"{at}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert got.signature == f"t={at},v1={expected}"


def test_only_events_that_were_asked_for(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    subscribe(receiver, EventName.STREAM_END)
    assert deliveries.accept(happen(EventName.STREAM_START), clock) == 0
    assert deliveries.accept(happen(EventName.STREAM_END), clock) == 1
    assert [got.event["type"] for got in receiver.until(1)] == ["Stream End"]


def test_an_event_that_the_bus_repeats_is_delivered_once(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    issued, event = subscribe(receiver), happen()
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: deliveries.accept(event, clock), range(8))) == 1
    assert only(issued).status is DeliveryStatus.DELIVERED
    assert len(receiver.requests) == 1


def test_a_failed_delivery_is_tried_again_when_it_is_due(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    issued = subscribe(receiver)
    receiver.answers.extend([500, 503])
    deliveries.accept(happen(), clock)
    for delay in RETRY_DELAYS[:2]:
        due_at = only(issued).due_at
        assert due_at is not None
        assert due_at <= clock() + delay + 5_000
        clock.now = due_at - 1
        assert sweep(clock) == 0
        clock.now = due_at
        assert sweep(clock) == 1
    delivery = only(issued)
    assert delivery.status is DeliveryStatus.DELIVERED
    assert [attempt.answer.status for attempt in delivery.attempts] == [500, 503, 200]
    assert len({got.body for got in receiver.requests}) == 1
    signed_at = [got.signature.split(",")[0] for got in receiver.requests]
    assert signed_at == [f"t={attempt.at // 1000}" for attempt in delivery.attempts]


def test_nobody_there_is_a_failure_with_its_reason(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = subscribe(receiver)
    registration.edit(issued.webhook.webhook_id, {"url": "http://127.0.0.1:9/"})
    deliveries.accept(happen(), clock)
    (attempt,) = only(issued).attempts
    assert attempt.answer.status is None
    assert attempt.answer.error == "could not connect: Connection refused"


def test_a_redirect_is_a_failure_and_is_not_followed(
    receiver: Receiver, another: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    issued = subscribe(receiver)
    receiver.answers.append(307)
    receiver.answer_headers["Location"] = another.url
    deliveries.accept(happen(), clock)
    delivery = only(issued)
    assert delivery.status is DeliveryStatus.PENDING
    assert delivery.attempts[0].answer.status == 307
    assert another.requests == []


def test_of_an_answer_only_the_beginning_is_kept(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    issued = subscribe(receiver)
    receiver.answer_body = "x" * 5_000_000
    deliveries.accept(happen(), clock)
    assert only(issued).attempts[0].answer.body == "x" * KEPT_RESPONSE


def test_after_its_last_attempt_a_delivery_is_dead_until_somebody_replays_it(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    issued = subscribe(receiver)
    receiver.answers.extend([500] * (len(RETRY_DELAYS) + 1))
    deliveries.accept(happen(), clock)
    while (due_at := only(issued).due_at) is not None:
        clock.now = due_at
        assert sweep(clock) == 1
    delivery = only(issued)
    assert (delivery.status, delivery.tried) == (DeliveryStatus.DEAD, len(RETRY_DELAYS) + 1)
    clock.forward(GIVE_UP_AFTER)
    assert sweep(clock) == 0

    deliveries.replay(delivery.webhook_id, delivery.event_id, clock())
    assert sweep(clock) == 1
    delivery = only(issued)
    assert (delivery.status, delivery.tried) == (DeliveryStatus.DELIVERED, 1)
    assert len(delivery.attempts) == len(RETRY_DELAYS) + 2
    assert len({got.event["id"] for got in receiver.requests}) == 1


def test_replay_since_a_time_takes_later_events_of_that_status(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    issued = subscribe(receiver)
    webhook_id = issued.webhook.webhook_id
    deliveries.accept(happen(), clock)
    clock.forward(1_000)
    since = endpoint_rules.first_id_at(clock())
    receiver.answers.extend([200, 410])  # the second of them ends as dead
    deliveries.accept(happen(), clock)
    deliveries.accept(happen(), clock)
    registration.edit(webhook_id, {"enabled": True})
    assert len(receiver.requests) == 3

    done = deliveries.replay_since(webhook_id, since, DeliveryStatus.DEAD, clock())
    assert (done.count, done.next_event_id) == (1, None)
    assert sweep(clock) == 1
    assert deliveries.replay_since(webhook_id, since, None, clock()).count == 2
    assert sweep(clock) == 2
    assert [delivery.status for delivery in log(issued)] == [DeliveryStatus.DELIVERED] * 3


def test_a_replay_goes_on_page_by_page(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "REPLAY_PAGE", 2)
    webhook_id = subscribe(receiver).webhook.webhook_id
    since: str | None = endpoint_rules.first_id_at(clock())
    for _ in range(5):
        deliveries.accept(happen(), clock)
    counts = []
    while since is not None:
        done = deliveries.replay_since(webhook_id, since, None, clock())
        counts.append(done.count)
        since = done.next_event_id
    assert counts == [2, 2, 1]
    assert sweep(clock) == 5


def test_a_sender_that_dies_leaves_the_delivery_to_the_sweep(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    issued, event = subscribe(receiver), happen()
    with monkeypatch.context() as patch:
        patch.setattr(sender, "post", die)
        with pytest.raises(Killed):
            deliveries.accept(event, clock)
    assert only(issued).status is DeliveryStatus.PENDING
    assert deliveries.accept(event, clock) == 0  # the bus tries again: it is put down already
    assert sweep(clock) == 0  # for all the sweep knows, somebody is at it
    clock.forward(ATTEMPT_LEASE)
    assert sweep(clock) == 1
    assert only(issued).status is DeliveryStatus.DELIVERED


def test_two_sweeps_at_once_send_everything_once(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    issued = subscribe(receiver)
    registration.edit(issued.webhook.webhook_id, {"enabled": False})
    for _ in range(10):
        deliveries.accept(happen(), clock)
    registration.edit(issued.webhook.webhook_id, {"enabled": True})
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: sweep(clock), range(4))) == 10
    assert sorted(got.event["data"]["seq"] for got in receiver.requests) == list(range(1, 11))


def test_a_receiver_that_hangs_delays_nobody_else(
    receiver: Receiver,
    another: Receiver,
    subscribe: Subscribe,
    happen: Happen,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sender, "TIMEOUT_S", 10.0)
    hanging, well = subscribe(receiver), subscribe(another)
    receiver.hold()
    working = threading.Thread(target=deliveries.accept, args=(happen(), clock))
    working.start()
    receiver.until(1)
    another.until(1, within=9.5)  # while the first one waits for its answer
    working.join(60)
    assert only(hanging).attempts[0].answer.error == "no response in time"

    # From now on nobody waits for it at all: its events are put down for the sweep.
    deliveries.accept(happen(), clock)
    another.until(2)
    assert len(receiver.requests) == 1
    assert [delivery.status for delivery in log(well)] == [DeliveryStatus.DELIVERED] * 2

    receiver.release()
    clock.forward(HOUR)
    assert sweep(clock) == 2
    deliveries.accept(happen(), clock)
    receiver.until(4)
    assert {delivery.status for delivery in log(hanging)} == {DeliveryStatus.DELIVERED}


def test_a_lane_stops_after_a_few_failures_and_leaves_the_rest_for_later(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    subscribe(receiver)
    receiver.answers.extend([500] * 100)
    for _ in range(8):
        deliveries.accept(happen(), clock)
    assert len(receiver.requests) == 1
    assert sweep(clock) == deliveries.LANE_FAILURES


def test_an_endpoint_that_takes_long_is_served_apart_until_it_is_quick_again(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = subscribe(receiver)
    with monkeypatch.context() as patch:
        patch.setattr(endpoint_rules, "SLOW", -1)
        deliveries.accept(happen(), clock)
    assert not reloaded(issued).prompt
    deliveries.accept(happen(), clock)
    assert len(receiver.requests) == 1
    assert sweep(clock) == 1
    assert reloaded(issued).prompt
    deliveries.accept(happen(), clock)
    receiver.until(3)


def test_a_sweep_ends_in_time(receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock) -> None:
    issued = subscribe(receiver)
    registration.edit(issued.webhook.webhook_id, {"enabled": False})
    deliveries.accept(happen(), clock)
    registration.edit(issued.webhook.webhook_id, {"enabled": True})
    assert deliveries.sweep(clock, deadline=clock()) == 0
    assert sweep(clock) == 1
