"""Webhook endpoints: whose URL hears which events, in what health it is, and what is sent.

Names of events are the bus's own: of a change of a stream's state, recording or health its `event_name` (`Stream Start`
...), of any other its detail-type.
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ulid import ULID

from chalicelib.domain.errors import WebhookUrlRefused
from chalicelib.domain.events import (
    AnyEvent,
    EventName,
    HealthEventName,
    RecordingEventName,
    RecordingStateChange,
    StreamHealthChange,
    StreamStateChange,
)
from chalicelib.domain.times import iso, iso_times

MAX_WEBHOOKS = 20  # of one deployment: each event is matched against all of them
MAX_URL = 2_048
DEFAULT_PORTS = {"https": 443, "http": 80}
MAX_DESCRIPTION = 200
MAX_PAYLOAD = 64 * 1024  # bytes; the largest event we know has fewer than 2,000

ID_PREFIX = "whk_"  # before a ULID
SECRET_PREFIX = "whsec_"  # noqa: S105 - a prefix, not a secret
ROTATION_OVERLAP = 24 * 3_600_000  # ms in which the secret before still signs too

# An endpoint is switched off when nothing reached it for this long, and it was tried at least so often: one lost
# event on Monday and another on Friday are no outage of four days.
DISABLE_AFTER = 3 * 24 * 3_600_000
DISABLE_FAILURES = 20
# Answers slower than this take the endpoint off the prompt path, as failures do.
SLOW = 2_000  # ms

# Detail-types that other systems may hear of, named one by one: the bus also carries what only our own machinery needs.
OFFERED = (
    "Stream State Change",
    "Recording State Change",
    "Stream Health Change",
    "Ingest Node Change",
    "Broadcast Reminder",
)
EVENT_NAMES: tuple[str, ...] = (
    *(name.value for name in EventName),
    *(name.value for name in RecordingEventName),
    *(name.value for name in HealthEventName),
    "Ingest Node Change",
    "Broadcast Reminder",
)


@dataclass(frozen=True, slots=True)
class Webhook:
    """An endpoint. `secret` and `previous_secret` are encrypted under the KMS key. No `events` means every event.

    `failing_since` and `failures` count from the last delivery that succeeded.
    """

    webhook_id: str
    url: str
    created_at: int
    secret: bytes = field(repr=False)
    secret_hint: str
    description: str = ""
    events: list[str] = field(default_factory=list)
    enabled: bool = True
    disabled_reason: str | None = None
    previous_secret: bytes | None = field(default=None, repr=False)
    previous_until: int | None = None
    failing_since: int | None = None
    failures: int = 0
    slow: bool = False

    @property
    def prompt(self) -> bool:
        """Whether its events are sent at once. A failing or slow one is served apart, so that others need not wait."""
        return self.enabled and self.failing_since is None and not self.slow

    def wants(self, event_name: str) -> bool:
        return not self.events or event_name in self.events

    def secrets_at(self, now: int) -> list[bytes]:
        """The encrypted secrets that sign at `now`: one, or two while a rotation lasts."""
        rotating = self.previous_secret is not None and self.previous_until is not None and now < self.previous_until
        return [self.secret, self.previous_secret] if rotating and self.previous_secret else [self.secret]


@dataclass(frozen=True, slots=True)
class Message:
    """One event as it is sent to every endpoint that wants it. `body` is what is signed, byte for byte."""

    event_id: str
    name: str
    created_at: int
    body: str


def event_name(event: AnyEvent) -> str:
    if isinstance(event, StreamStateChange | RecordingStateChange | StreamHealthChange):
        return event.event_name.value
    return event.detail_type


def event_id(event: AnyEvent) -> str:
    """A ULID of the event's time and content: the bus may repeat an event, under another envelope, and it is the same.

    Sorts by time.
    """
    content = json.dumps([event.detail_type, event.model_dump(mode="json")], sort_keys=True).encode()
    return str(ULID.from_bytes(event.at.to_bytes(6, "big") + hashlib.sha256(content).digest()[:10]))


def first_id_at(ms: int) -> str:
    """The smallest event id of that millisecond."""
    return str(ULID.from_bytes(ms.to_bytes(6, "big") + bytes(10)))


def message(event: AnyEvent) -> Message:
    """`{"id", "type", "created_at", "data"}`. Times are ISO 8601; `data.seq` grows within a `data.stream_id`."""
    identity, name = event_id(event), event_name(event)
    data: dict[str, Any] = event.model_dump(mode="json", exclude_none=True, exclude={"event_name"})
    body = {"id": identity, "type": name, "created_at": iso(event.at), "data": iso_times(data)}
    return Message(identity, name, event.at, json.dumps(body, separators=(",", ":")))


def is_hopeless(webhook: Webhook, now: int) -> bool:
    """Whether an endpoint that just failed has failed long and often enough to be switched off."""
    return (
        webhook.failing_since is not None
        and now - webhook.failing_since >= DISABLE_AFTER
        and webhook.failures >= DISABLE_FAILURES
    )


def is_offered(event: AnyEvent) -> bool:
    """Test streams concern nobody but the channel's owner."""
    is_test = isinstance(event, StreamStateChange | StreamHealthChange) and event.test
    return event.detail_type in OFFERED and not is_test


def host_and_port(url: str) -> tuple[str, int]:
    """Of a URL whose form was checked."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]


def check_url(url: str, *, https_only: bool) -> None:
    """Form only; where the name leads is judged at each connection. Raises WebhookUrlRefused.

    Printable ASCII and nothing else: a line break would end the request's first line.
    """
    if len(url) > MAX_URL or not url.isascii() or any(not "!" <= character <= "~" for character in url):
        raise WebhookUrlRefused(f"The URL must be at most {MAX_URL} printable ASCII characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WebhookUrlRefused("The URL has no valid host and port") from None
    if parts.scheme != "https" and (https_only or parts.scheme != "http"):
        raise WebhookUrlRefused("The URL must start with https://")
    if not parts.hostname or port == 0:
        raise WebhookUrlRefused("The URL has no valid host and port")
    if "@" in parts.netloc:
        raise WebhookUrlRefused("The URL must not contain a user name or password")
    if "#" in url:
        raise WebhookUrlRefused("The URL must not have a fragment")
