"""Requests that are done once however often they are sent: Powertools' state machine over our table.

Powertools judges expiry by itself, takes a request over whose function died (`remaining_ms`), and forgets one that
failed, so that it can be sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig
from aws_lambda_powertools.utilities.idempotency.base import IdempotencyHandler
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.idempotency.serialization.base import BaseIdempotencySerializer

from chalicelib import aws
from chalicelib.domain.errors import IdempotencyKeyReused, StillInProgress
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.store import runtime_models

KEPT = 24 * 3_600  # seconds an answer can be asked for again


@dataclass(frozen=True, slots=True)
class Once:
    """`id` names who asks for what under which key; `content` is what is asked for: another one is an error."""

    id: str
    content: str


@dataclass(frozen=True, slots=True)
class _Sealed(BaseIdempotencySerializer):
    """Answers on their way into the table and back."""

    seal: Callable[[str], str]
    unseal: Callable[[str], str]

    def to_dict(self, data: str) -> dict[str, str]:
        return {"answer": self.seal(data)}

    def from_dict(self, data: dict[str, str]) -> str:
        return self.unseal(data["answer"])


class _RemainingTime:
    """As much of Lambda's context as Powertools asks for."""

    def __init__(self, remaining_ms: int) -> None:
        self._remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self) -> int:
        return self._remaining_ms


def _table() -> DynamoDBPersistenceLayer:
    return DynamoDBPersistenceLayer(
        runtime_models.Idempotency.Meta.table_name, expiry_attr="ttl", boto3_client=aws.client("dynamodb")
    )


def once(
    request: Once,
    work: Callable[[], str],
    seal: Callable[[str], str],
    unseal: Callable[[str], str],
    remaining_ms: int,
) -> str:
    """The answer of `work`, done now or before. `seal` hides it in the table.

    Raises IdempotencyKeyReused, StillInProgress, StoreUnavailable, and what `work` raises.
    """
    config = IdempotencyConfig(
        event_key_jmespath="id",
        payload_validation_jmespath="content",
        expires_after_seconds=KEPT,
        hash_function="sha256",
    )
    config.register_lambda_context(_RemainingTime(remaining_ms))  # type: ignore[arg-type]
    payload: dict[str, Any] = {"id": request.id, "content": request.content}

    def do() -> str:  # its name is part of what Powertools hashes: it must not change with the work
        return work()

    handler = IdempotencyHandler(do, payload, config, _table(), _Sealed(seal, unseal), None, (), {})
    try:
        return str(handler.handle())
    except IdempotencyValidationError:
        raise IdempotencyKeyReused() from None
    except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError):
        raise StillInProgress() from None
    except IdempotencyPersistenceLayerError as error:
        raise StoreUnavailable() from error
