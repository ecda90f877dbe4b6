"""Counts that all functions share: by user and by address, in windows of time, and a pause between keys."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from chalice.app import WebsocketEvent
from chalice.test import Client
from ulid import ULID

from app import app
from chalicelib import config
from chalicelib.api import realtime
from chalicelib.domain.errors import TooManyRequests
from chalicelib.services import limits
from tests.support.stack import Emulator

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("ST-10")]

WINDOW_MS = limits.KEYS_A_USER.window * 1000
START = 3_000_000 * WINDOW_MS  # the first instant of a window
ENDLESS = 10**9  # seconds: a window that does not end in a test that goes by the system's clock


@pytest.fixture
def user(cloud: Emulator) -> str:
    return f"user:{ULID()}"


def ask(user: str, now: int, address: str = "") -> None:
    limits.new_key(user, address or user, now)


def test_a_user_gets_so_many_keys_in_a_window_and_more_in_the_next(user: str) -> None:
    for _ in range(limits.KEYS_A_USER.most):
        ask(user, START)
    with pytest.raises(TooManyRequests) as refused:
        ask(user, START + 1_500)
    assert refused.value.retry_after_s == limits.KEYS_A_USER.window - 1  # whole seconds, never too early
    ask(user, START + WINDOW_MS)


def test_users_are_counted_each_for_themselves(user: str) -> None:
    for _ in range(limits.KEYS_A_USER.most):
        ask(user, START)
    ask(f"{user} 2", START)


def test_many_accounts_behind_one_address_are_limited_together(user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEYS_AN_ADDRESS", limits.Rule("keys-address", 3, 600))
    for n in range(3):
        ask(f"{user} {n}", START, address=user)
    with pytest.raises(TooManyRequests):
        ask(f"{user} 4", START, address=user)


def test_a_limit_is_exact_when_all_ask_at_once(user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEYS_A_USER", limits.Rule("keys-user", 10, 600))

    def granted(_n: int) -> bool:
        try:
            ask(user, START)
        except TooManyRequests:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(granted, range(40))) == 10


def test_between_two_keys_lies_a_pause(user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_KEY_COOLDOWN", "5")
    config.settings.cache_clear()
    ask(user, START)
    with pytest.raises(TooManyRequests) as refused:
        ask(user, START + 4_999)
    assert refused.value.retry_after_s == 5
    ask(user, START + 5_000)


def test_wrong_guesses_from_one_address_are_told_to_stop(user: str) -> None:
    for _ in range(limits.FAILURES_AN_ADDRESS.most):
        limits.failure(user, START)
    with pytest.raises(TooManyRequests):
        limits.failure(user, START)
    limits.failure(user, START + limits.FAILURES_AN_ADDRESS.window * 1000)


@pytest.mark.parametrize(
    ("query", "statuses"),
    [({"token": "x.y.z"}, [401, 401, 429]), ({}, [401, 401, 401])],
    ids=["wrong token", "no token"],
)
def test_wrong_tokens_on_websockets_count_as_guesses_and_missing_ones_do_not(
    user: str, monkeypatch: pytest.MonkeyPatch, query: dict[str, str], statuses: list[int]
) -> None:
    monkeypatch.setattr(limits, "FAILURES_AN_ADDRESS", limits.Rule("failures-address", 2, ENDLESS))

    def connect() -> int:
        request = {
            "eventType": "CONNECT",
            "connectionId": "c",
            "domainName": "d",
            "stage": "s",
            "identity": {"sourceIp": user},
        }
        event = {"requestContext": request, "headers": {}, "queryStringParameters": query}
        return int(realtime.on_connect(WebsocketEvent(event, None))["statusCode"])

    assert [connect() for _ in range(3)] == statuses


@pytest.mark.requirement("HI-10")
@pytest.mark.parametrize(
    "credential",
    [{"X-Hook-Secret": "wrong"}, {"Authorization": "Basic eDp3cm9uZw=="}, {"X-OME-Signature": "wrong"}, {}],
    ids=lambda headers: next(iter(headers), "none"),
)
def test_hook_secrets_are_guessed_as_seldom_as_the_admin_secret(
    cloud: Emulator, credential: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FAILURES_AN_ADDRESS", limits.Rule(f"failures-{ULID()}", 2, ENDLESS))
    secret = config.settings().hook_secrets[0]

    def call(headers: dict[str, str]) -> tuple[int, str | None]:
        sent = {"Content-Type": "application/json"} | headers
        answer = client.http.post("/hooks/srs", headers=sent, body=b'{"action": "on_connect", "client_id": "1"}')
        return answer.status_code, answer.headers.get("Retry-After")

    with Client(app) as client:
        assert [call(credential)[0] for _ in range(2)] == [401, 401]
        status, retry_after = call(credential)
        assert (status, int(retry_after or 0) > 0) == (429, True)
        assert call({"X-Hook-Secret": secret})[0] == 200, "guesses lock nobody out"


@pytest.mark.requirement("HI-10")
def test_passwords_for_mediamtxs_own_api_are_guessed_as_seldom(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They count by the address of MediaMTX's client, which is not the one that calls us."""
    monkeypatch.setattr(limits, "FAILURES_AN_ADDRESS", limits.Rule(f"failures-{ULID()}", 2, ENDLESS))
    monkeypatch.setenv("STREAM_SYNC_MEDIAMTX_API_SECRET", "m" * 32)
    config.settings.cache_clear()
    headers = {"Content-Type": "application/json", "X-Hook-Secret": config.settings().hook_secrets[0]}

    def ask(password: str, ip: str = "203.0.113.7") -> int:
        body = json.dumps({"action": "api", "ip": ip, "user": "x", "password": password}).encode()
        return int(client.http.post("/hooks/mediamtx/auth", headers=headers, body=body).status_code)

    with Client(app) as client:
        assert [ask("wrong") for _ in range(3)] == [403, 403, 429]
        assert ask("") == 403, "no password is no guess"
        assert ask("wrong", ip="203.0.113.8") == 403, "others are not held up"
        assert ask("m" * 32) == 204, "guesses lock nobody out"
