"""Secrets are read while the process runs, kept for a bounded time, and never used if they could be guessed."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from aws_lambda_powertools.utilities.parameters.base import BaseProvider

from chalicelib import config, secret_values
from chalicelib.domain.errors import IdentityUnavailable
from chalicelib.secret_values import MAX_AGE_S, RETRY_S, STALE_S, Cached

OLD, NEW = "o" * 40, "n" * 40


class Clock:
    """Of `secret_values` alone; powertools has its own, so a provider's cache is emptied by hand."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def monotonic(self) -> float:
        return self.now


class Provider(BaseProvider):
    """Secrets Manager's answers, or its failure."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.values: dict[str, str] = {}
        self.asked: list[str] = []
        self.kept_for: list[int] = []
        self.down = False

    def _get(self, name: str, **_options: Any) -> str:
        self.asked.append(name)
        if self.down:
            raise ConnectionError("unreachable")
        return self.values[name]

    def add_to_cache(self, key: tuple[Any, ...], value: Any, max_age: int) -> None:
        self.kept_for.append(max_age)
        super().add_to_cache(key, value, max_age)

    def _get_multiple(self, path: str, **_options: Any) -> dict[str, str]:
        raise NotImplementedError


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    made = Provider()
    monkeypatch.setenv("STREAM_SYNC_SECRET_PREFIX", "stream-sync-dev/")
    for name in ("SECRET_KEY", "ADMIN_SECRETS", "HOOK_SECRETS", "MEDIAMTX_API_SECRET", "PLAYBACK_SECRETS"):
        monkeypatch.delenv(f"STREAM_SYNC_{name}", raising=False)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    cached = Cached(made)
    monkeypatch.setattr(secret_values, "_secrets", lambda: cached)
    config.settings.cache_clear()
    yield made
    config.settings.cache_clear()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(secret_values, "time", made)
    return made


def test_each_secret_has_its_own_name_below_the_prefix(provider: Provider) -> None:
    names = ("admin", "hooks", "user-service", "mediamtx-api", "playback")
    provider.values = {f"stream-sync-dev/{name}": f"{name:x<40}" for name in names}
    assert secret_values.admin_secrets() == [f"{'admin':x<40}"]
    assert secret_values.hook_secrets() == [f"{'hooks':x<40}"]
    assert secret_values.user_service_secret() == f"{'user-service':x<40}"
    assert secret_values.mediamtx_api_secret() == f"{'mediamtx-api':x<40}"
    assert secret_values.playback_secrets() == [f"{'playback':x<40}"]


def test_a_rotated_secret_is_used_without_a_deployment_once_the_old_one_has_aged(provider: Provider) -> None:
    provider.values["stream-sync-dev/admin"] = OLD
    assert secret_values.admin_secrets() == [OLD]
    provider.values["stream-sync-dev/admin"] = f"{NEW},{OLD}"
    assert secret_values.admin_secrets() == [OLD]
    assert len(provider.asked) == 1
    assert provider.kept_for == [MAX_AGE_S]
    provider.store.clear()  # as if that time had passed
    assert secret_values.admin_secrets() == [NEW, OLD]


def test_a_secret_in_the_environment_is_used_as_it_is(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_ADMIN_SECRETS", OLD)
    config.settings.cache_clear()
    assert secret_values.admin_secrets() == [OLD]
    assert provider.asked == []


def test_without_a_prefix_nothing_is_read(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREAM_SYNC_SECRET_PREFIX")
    config.settings.cache_clear()
    assert (secret_values.admin_secrets(), secret_values.mediamtx_api_secret()) == ([], None)
    assert provider.asked == []


@pytest.mark.parametrize(
    ("stored", "used"),
    [
        ("", []),
        ("short", []),
        (f"short,{NEW}", [NEW]),
        (f" {NEW} , {OLD} ", [NEW, OLD]),
        (f"{NEW},{OLD},{OLD}", [NEW, OLD]),
    ],
)
def test_only_long_secrets_and_two_at_most_are_used(provider: Provider, stored: str, used: list[str]) -> None:
    provider.values["stream-sync-dev/hooks"] = stored
    assert secret_values.hook_secrets() == used


def test_an_outage_is_bridged_by_the_last_value_for_a_bounded_time(provider: Provider, clock: Clock) -> None:
    provider.values["stream-sync-dev/admin"] = OLD
    secret_values.admin_secrets()
    provider.store.clear()
    provider.down = True
    assert secret_values.admin_secrets() == [OLD]
    clock.now += STALE_S
    with pytest.raises(IdentityUnavailable):
        secret_values.admin_secrets()


def test_during_an_outage_requests_do_not_wait_for_it_each(provider: Provider, clock: Clock) -> None:
    provider.down = True
    for _ in range(5):
        with pytest.raises(IdentityUnavailable):
            secret_values.admin_secrets()
    assert len(provider.asked) == 1
    provider.down, provider.values["stream-sync-dev/admin"] = False, NEW
    clock.now += RETRY_S
    assert secret_values.admin_secrets() == [NEW]


def test_a_secret_is_in_no_repr_and_no_log_line(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    provider.values["stream-sync-dev/hooks"] = "hunter2"
    secret_values.hook_secrets()
    (record,) = caplog.records
    assert vars(record)["secret"] == "stream-sync-dev/hooks"
    assert "hunter2" not in str(vars(record)) + repr(secret_values._secrets())
