"""The shared secrets, and the WebSocket management URL: from the environment, or read on AWS while the process runs.

Functions on AWS get no secret at deployment: with `STREAM_SYNC_SECRET_PREFIX` they read each one from Secrets Manager
when they first need it, and again when it is older than `MAX_AGE_S`; so a rotation needs no deployment. A secret that
is set in the environment is used as it is. If Secrets Manager does not answer, the value known last is used for
`STALE_S`.
"""

import time
from dataclasses import dataclass, field
from functools import lru_cache

from aws_lambda_powertools.utilities.parameters import GetParameterError, SecretsProvider, SSMProvider
from aws_lambda_powertools.utilities.parameters.base import BaseProvider

from chalicelib import aws
from chalicelib.config import SHORTEST_HMAC_KEY, SHORTEST_SHARED_SECRET, settings
from chalicelib.domain.errors import IdentityUnavailable
from chalicelib.observability import logger

MAX_AGE_S = 300
STALE_S = 3_600
RETRY_S = 30  # after a failure, for as long the last value is used without asking again
MOST = 2  # valid at once, during a rotation


@dataclass
class Cached:
    """Values of one AWS service by name, with the last known one as a fallback."""

    provider: BaseProvider
    last: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)
    failed: dict[str, float] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Raises IdentityUnavailable if there is no value that is recent enough."""
        now = time.monotonic()
        if now - self.failed.get(name, -RETRY_S) < RETRY_S:
            return self._last(name, now)
        try:
            value = str(self.provider.get(name, max_age=MAX_AGE_S))
        except GetParameterError as error:
            self.failed[name] = now
            logger("control").warning(
                "A secret or parameter could not be read",
                event="secret_unreadable",
                secret=name,
                error=type(error.__cause__ or error.__context__ or error).__name__,
            )
            return self._last(name, now)
        self.last[name] = (value, now)
        return value

    def _last(self, name: str, now: float) -> str:
        value, read_at = self.last.get(name, ("", -STALE_S))
        if now - read_at >= STALE_S:
            raise IdentityUnavailable()
        return value


def admin_secrets() -> list[str]:
    return settings().admin_secrets or _read("admin", SHORTEST_SHARED_SECRET)


def hook_secrets() -> list[str]:
    """What media servers present at `/hooks/...`."""
    return settings().hook_secrets or _read("hooks", SHORTEST_SHARED_SECRET)


def playback_secrets() -> list[str]:
    """Playback tokens are signed with the first."""
    return settings().playback_secrets or _read("playback", SHORTEST_HMAC_KEY)


def user_service_secret() -> str | None:
    """What the user service signs its tokens with; None: it has none, and its tokens are refused."""
    return settings().secret_key or _first(_read("user-service", SHORTEST_HMAC_KEY))


def mediamtx_api_secret() -> str | None:
    """The password of MediaMTX's control API; None: it has none."""
    return settings().mediamtx_api_secret or _first(_read("mediamtx-api", SHORTEST_SHARED_SECRET))


def ws_management_url() -> str:
    """Where messages to open WebSockets are sent. On AWS it is published after the API was deployed."""
    parameter = settings().ws_management_parameter
    return _parameters().get(parameter) if parameter else settings().ws_management_url


def _read(noun: str, shortest: int) -> list[str]:
    """The values of `<prefix><noun>`, separated by commas; without a prefix none. Values that are too short are not
    used: they could be guessed."""
    prefix = settings().secret_prefix
    if not prefix:
        return []
    values = [part.strip() for part in _secrets().get(prefix + noun).split(",") if part.strip()]
    usable = [value for value in values if len(value) >= shortest][:MOST]
    if len(usable) < len(values):
        logger("control").error(
            f"A secret has more than {MOST} values, or one of fewer than {shortest} characters, which is not used",
            event="secret_not_usable",
            secret=prefix + noun,
        )
    return usable


def _first(values: list[str]) -> str | None:
    return values[0] if values else None


@lru_cache(maxsize=1)
def _secrets() -> Cached:
    return Cached(SecretsProvider(boto3_client=aws.client("secretsmanager")))


@lru_cache(maxsize=1)
def _parameters() -> Cached:
    return Cached(SSMProvider(boto3_client=aws.client("ssm")))
