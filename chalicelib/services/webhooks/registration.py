"""Webhook endpoints as administrators handle them: made, listed, changed, deleted, their secret replaced.

A secret is shown once, where it is made. At rest it is encrypted under the KMS key, and the encryption context binds
it to its endpoint.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ulid import ULID

from chalicelib.config import settings
from chalicelib.domain import webhooks as rules
from chalicelib.domain.errors import TooManyWebhooks, WebhookUrlRefused
from chalicelib.domain.webhooks import Webhook
from chalicelib.observability import logger
from chalicelib.services import sealing
from chalicelib.services.webhooks import sender
from chalicelib.store import webhooks

LOOK_UP_S = 2.0  # an administrator waits for it
HINT = 4  # characters


@dataclass(frozen=True, slots=True)
class RevealedWebhook:
    """An endpoint, and its secret in the clear, which exists only here and in the answer."""

    webhook: Webhook
    secret: str

    def __repr__(self) -> str:
        return f"RevealedWebhook({self.webhook.webhook_id})"


def create(url: str, events: list[str], description: str, *, enabled: bool, now: int) -> RevealedWebhook:
    """Raises WebhookUrlRefused, TooManyWebhooks."""
    _check_url(url)
    if len(webhooks.every()) >= rules.MAX_WEBHOOKS:
        raise TooManyWebhooks()
    webhook_id, secret = f"{rules.ID_PREFIX}{ULID()}", _new_secret()
    webhook = Webhook(
        webhook_id=webhook_id,
        url=url,
        created_at=now,
        secret=_encrypt(webhook_id, secret),
        secret_hint=secret[-HINT:],
        description=description,
        events=events,
        enabled=enabled,
    )
    webhooks.add(webhook)
    logger("control").info("Webhook created", event="webhook_created", webhook_id=webhook_id)
    return RevealedWebhook(webhook, secret)


def every() -> list[Webhook]:
    return webhooks.every()


def get(webhook_id: str) -> Webhook:
    """Raises WebhookNotFound."""
    return webhooks.get(webhook_id)


def edit(webhook_id: str, changes: Mapping[str, Any]) -> Webhook:
    """URL, events, description, enabled. Raises WebhookNotFound, WebhookUrlRefused."""
    if "url" in changes:
        _check_url(changes["url"])
    return webhooks.edit(webhook_id, changes)


def rotate_secret(webhook_id: str, now: int) -> RevealedWebhook:
    """A new secret; for `ROTATION_OVERLAP` the one before signs too. Raises WebhookNotFound."""
    before, secret = webhooks.get(webhook_id), _new_secret()
    webhook = webhooks.replace_secret(
        webhook_id, _encrypt(webhook_id, secret), secret[-HINT:], before.secret, now + rules.ROTATION_OVERLAP
    )
    logger("control").info("Webhook secret rotated", event="webhook_secret_rotated", webhook_id=webhook_id)
    return RevealedWebhook(webhook, secret)


def remove(webhook_id: str) -> None:
    """What it has not been sent yet is not sent any more. Raises WebhookNotFound."""
    webhooks.remove(webhook_id)
    logger("control").info("Webhook deleted", event="webhook_deleted", webhook_id=webhook_id)


def signing_secrets(webhook: Webhook, now: int) -> list[str]:
    """In the clear, the new one first. Raises StoreUnavailable."""
    return [_decrypt(webhook.webhook_id, each) for each in webhook.secrets_at(now)]


def https_only() -> bool:
    """A receiver on a developer's machine has no certificate; everywhere else the body needs the protection."""
    return settings().stage != "local"


def _check_url(url: str) -> None:
    """Checks the form and what the name resolves to now, so that mistakes show at once. Each attempt checks again."""
    rules.check_url(url, https_only=https_only())
    host, port = rules.host_and_port(url)
    try:
        sender.addresses_of(host, port, settings().webhook_allowed_networks, time.monotonic() + LOOK_UP_S)
    except sender.AddressRefused as refused:
        raise WebhookUrlRefused(f"The URL is refused: {refused}") from None
    except sender.NotSent:
        return  # the name may be created after the webhook


def _new_secret() -> str:
    return rules.SECRET_PREFIX + secrets.token_urlsafe(32)


def _encrypt(webhook_id: str, secret: str) -> bytes:
    return sealing.seal(secret, {"webhook_id": webhook_id}, "A new secret")


@lru_cache(maxsize=2 * rules.MAX_WEBHOOKS)
def _decrypt(webhook_id: str, ciphertext: bytes) -> str:
    """Kept in memory: a deployment sends with few secrets, and often."""
    return sealing.unseal(ciphertext, {"webhook_id": webhook_id}, "A webhook's secret")
