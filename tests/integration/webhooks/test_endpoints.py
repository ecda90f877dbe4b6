"""Endpoints over their life: made, switched off and on, rotated, deleted; and where they may lead."""

import hashlib
import hmac
import socket
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from chalicelib.config import settings
from chalicelib.domain.errors import TooManyWebhooks, WebhookUrlRefused
from chalicelib.domain.events import StreamStateChange
from chalicelib.domain.not_found import WebhookNotFound
from chalicelib.domain.webhook_deliveries import GIVE_UP_AFTER, HOUR, DeliveryStatus
from chalicelib.domain.webhooks import DISABLE_AFTER, MAX_WEBHOOKS, ROTATION_OVERLAP
from chalicelib.services.webhooks import deliveries, registration
from chalicelib.services.webhooks.registration import RevealedWebhook
from tests.integration.webhooks.conftest import Clock, reloaded
from tests.integration.webhooks.receiver import Got, Receiver
from tests.integration.webhooks.test_deliveries import log, only, sweep
from tests.support.stack import Emulator

pytestmark = pytest.mark.requirement("FX-10")

Subscribe = Callable[..., RevealedWebhook]
Happen = Callable[..., StreamStateChange]


def signs(secret: str, got: Got) -> bool:
    at, *values = got.signature.split(",")
    signed = at.removeprefix("t=").encode() + b"." + got.body
    return f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}" in values


def test_during_a_rotation_both_secrets_sign_then_the_new_one_alone(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    old = subscribe(receiver)
    new = registration.rotate_secret(old.webhook.webhook_id, clock())
    assert new.secret != old.secret
    deliveries.accept(happen(), clock)
    clock.forward(ROTATION_OVERLAP)
    deliveries.accept(happen(), clock)
    during, after = receiver.until(2)
    assert signs(old.secret, during)
    assert signs(new.secret, during)
    assert signs(new.secret, after)
    assert not signs(old.secret, after)


def test_at_most_two_secrets_sign(receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock) -> None:
    first = subscribe(receiver)
    second = registration.rotate_secret(first.webhook.webhook_id, clock())
    third = registration.rotate_secret(first.webhook.webhook_id, clock())
    deliveries.accept(happen(), clock)
    (got,) = receiver.until(1)
    assert [signs(issued.secret, got) for issued in (first, second, third)] == [False, True, True]


def test_410_disables_the_endpoint(receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock) -> None:
    issued = subscribe(receiver)
    receiver.answers.append(410)
    deliveries.accept(happen(), clock)
    assert reloaded(issued).enabled is False
    assert reloaded(issued).disabled_reason == "The receiver answered 410 Gone"
    assert only(issued).status is DeliveryStatus.DEAD


def test_an_endpoint_that_fails_for_days_is_disabled_with_the_reason(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    issued = subscribe(receiver)
    receiver.answers.extend([500] * 1_000)
    began = clock()
    while reloaded(issued).enabled:
        assert clock() - began < DISABLE_AFTER + 4 * HOUR
        deliveries.accept(happen(), clock)
        clock.forward(2 * HOUR)
        sweep(clock)
    assert clock() - began >= DISABLE_AFTER
    assert "three days" in (reloaded(issued).disabled_reason or "")
    asked = len(receiver.requests)
    deliveries.accept(happen(), clock)
    clock.forward(HOUR)
    assert sweep(clock) == 0
    assert len(receiver.requests) == asked


def test_what_happens_while_an_endpoint_is_disabled_is_sent_when_it_is_enabled(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    issued = subscribe(receiver)
    registration.edit(issued.webhook.webhook_id, {"enabled": False})
    deliveries.accept(happen(), clock)
    clock.forward(HOUR)
    assert sweep(clock) == 0
    registration.edit(issued.webhook.webhook_id, {"enabled": True})
    assert sweep(clock) == 1
    assert only(issued).status is DeliveryStatus.DELIVERED


def test_what_waited_for_more_than_a_day_is_left_to_a_replay(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    issued = subscribe(receiver)
    webhook_id = issued.webhook.webhook_id
    registration.edit(webhook_id, {"enabled": False})
    deliveries.accept(happen(), clock)
    clock.forward(GIVE_UP_AFTER + 1)
    registration.edit(webhook_id, {"enabled": True})
    assert sweep(clock) == 0
    assert only(issued).status is DeliveryStatus.DEAD
    deliveries.replay(webhook_id, only(issued).event_id, clock())
    assert sweep(clock) == 1


def test_enabling_wipes_the_slate(receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock) -> None:
    issued = subscribe(receiver)
    receiver.answers.append(500)
    deliveries.accept(happen(), clock)
    assert reloaded(issued).failing_since == clock()
    edited = registration.edit(issued.webhook.webhook_id, {"enabled": True})
    assert (edited.failing_since, edited.failures, edited.prompt) == (None, 0, True)


def test_a_deleted_endpoint_hears_nothing_more(
    receiver: Receiver, subscribe: Subscribe, happen: Happen, clock: Clock
) -> None:
    issued = subscribe(receiver)
    receiver.answers.append(500)
    deliveries.accept(happen(), clock)
    registration.remove(issued.webhook.webhook_id)
    clock.forward(HOUR)
    assert sweep(clock) == 0
    assert deliveries.accept(happen(), clock) == 0
    with pytest.raises(WebhookNotFound):
        log(issued)
    with pytest.raises(WebhookNotFound):
        registration.remove(issued.webhook.webhook_id)


def test_there_are_so_many_endpoints_and_no_more(receiver: Receiver, subscribe: Subscribe) -> None:
    for _ in range(MAX_WEBHOOKS):
        subscribe(receiver)
    with pytest.raises(TooManyWebhooks):
        subscribe(receiver)


def test_secrets_are_stored_encrypted_and_never_logged(
    receiver: Receiver,
    subscribe: Subscribe,
    happen: Happen,
    clock: Clock,
    cloud: Emulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    old = subscribe(receiver)
    new = registration.rotate_secret(old.webhook.webhook_id, clock())
    deliveries.accept(happen(), clock)
    receiver.until(1)
    rows = boto3.client("dynamodb").scan(TableName=settings().table_prefix + "webhooks")["Items"]
    printed = str([vars(record) for record in caplog.records])
    assert len(rows) == 1
    assert "webhook_secret_rotated" in printed
    for issued in (old, new):
        assert issued.secret not in str(rows)
        assert issued.secret not in printed
        assert issued.secret not in repr(issued)


class TestWhereWebhooksMayLead:
    @pytest.fixture(autouse=True)
    def nothing_private_is_allowed(self, cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STREAM_SYNC_WEBHOOK_ALLOWED_NETWORKS", "")
        settings.cache_clear()

    @pytest.mark.parametrize(
        "host",
        [
            *("127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "0", "0.0.0.0"),
            *("10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[fd00:ec2::254]"),
            *("[fe80::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
        ],
    )
    def test_private_addresses_are_refused_however_they_are_written(self, host: str) -> None:
        with pytest.raises(WebhookUrlRefused):
            registration.create(f"http://{host}:8000/", [], "", enabled=True, now=0)

    def test_a_name_that_leads_to_a_private_address_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        names(monkeypatch, {"inside.example": ["10.0.0.7"]})
        with pytest.raises(WebhookUrlRefused):
            registration.create("https://inside.example/", [], "", enabled=True, now=0)

    def test_one_private_address_among_public_ones_is_enough(self, monkeypatch: pytest.MonkeyPatch) -> None:
        names(monkeypatch, {"mixed.example": ["93.184.215.14", "169.254.169.254"]})
        with pytest.raises(WebhookUrlRefused):
            registration.create("https://mixed.example/", [], "", enabled=True, now=0)

    def test_editing_is_no_way_around(self, subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch) -> None:
        names(monkeypatch, {"public.example": ["93.184.215.14"]})
        issued = subscribe(Receiver("https://public.example/"))
        with pytest.raises(WebhookUrlRefused):
            registration.edit(issued.webhook.webhook_id, {"url": "http://127.0.0.1/"})

    def test_a_name_that_was_pointed_elsewhere_since_is_not_called(
        self,
        receiver: Receiver,
        subscribe: Subscribe,
        happen: Happen,
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        port = receiver.url.split(":")[2]
        names(monkeypatch, {"rebound.example": ["93.184.215.14"]})
        issued = subscribe(Receiver(f"http://rebound.example:{port}"))
        names(monkeypatch, {"rebound.example": ["127.0.0.1"]})
        deliveries.accept(happen(), clock)
        assert receiver.requests == []
        (attempt,) = only(issued).attempts
        assert attempt.answer.error == "the host name resolves to a network that webhooks cannot be sent to"

    def test_outside_the_laptop_only_https(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STREAM_SYNC_STAGE", "prod")
        settings.cache_clear()
        with pytest.raises(WebhookUrlRefused, match="https"):
            registration.create("http://example.com/", [], "", enabled=True, now=0)


def names(monkeypatch: pytest.MonkeyPatch, known: dict[str, list[str]]) -> None:
    """The resolver knows these names; everything else goes the ordinary way."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> list[Any]:
        if host in known:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]
        return real(host, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
