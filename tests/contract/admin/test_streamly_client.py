"""A client that was written for the older stream service, run against ours as it is."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.contract.admin.conftest import Caller, OnAir
from tests.support.waiting import until

pytestmark = pytest.mark.needs("ministack")


class StreamlyClient:
    """What such a client does, and no more: five calls, and the fields that it reads of their answers."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def is_healthy(self) -> bool:
        answer = self._call("GET", "/health")
        return answer.status_code == 200 and answer.json()["status"] == "ok" and answer.json()["database"] == "ok"

    def generate_key(self) -> dict[str, Any]:
        answer = self._call("POST", "/api/streams/generate-key")
        answer.raise_for_status()
        return {name: answer.json()["stream"][name] for name in STREAM}

    def streams(self) -> list[dict[str, Any]]:
        found = self._call.json("GET", "/api/streams")["streams"]
        return [{name: stream[name] for name in STREAM if name != "stream_key"} for stream in found]

    def public_streams(self) -> list[dict[str, Any]]:
        found = self._call.json("GET", "/api/streams/public")["streams"]
        return [{name: stream[name] for name in ("id", "title", "created_at", "hls_url")} for stream in found]

    def by_key(self, stream_key: str) -> dict[str, Any] | None:
        answer = self._call("GET", f"/api/streams/{stream_key}")
        return None if answer.status_code == 404 else dict(answer.json()["stream"])


STREAM = ("id", "stream_key", "status", "created_at", "expires_at", "rtmp_url", "hls_url")


@pytest.fixture
def client(user: Caller) -> StreamlyClient:
    return StreamlyClient(user)


@pytest.mark.requirement("ST-1")
def test_the_service_is_healthy(anyone: Caller) -> None:
    # A busy machine's only node may be late for a moment, and then has no room.
    until(StreamlyClient(anyone).is_healthy, "healthy")


@pytest.mark.requirement("ST-2")
@pytest.mark.requirement("ST-6")
@pytest.mark.requirement("SS-1.2")
def test_a_key_is_generated_for_a_day(client: StreamlyClient) -> None:
    stream = client.generate_key()
    assert re.fullmatch(r"[A-Za-z0-9]{40}", stream["stream_key"])
    assert stream["status"] == "inactive"
    life = datetime.fromisoformat(stream["expires_at"]) - datetime.fromisoformat(stream["created_at"])
    assert life == timedelta(hours=24)
    assert stream["rtmp_url"].startswith("rtmp://")
    assert stream["stream_key"] not in stream["hls_url"]


@pytest.mark.requirement("ST-3")
def test_what_was_generated_is_among_the_callers_streams(client: StreamlyClient, sign_in: Callable[[], Caller]) -> None:
    stream = client.generate_key()
    (listed,) = client.streams()
    assert listed == {name: value for name, value in stream.items() if name != "stream_key"}
    assert StreamlyClient(sign_in()).streams() == []


@pytest.mark.requirement("ST-4")
@pytest.mark.requirement("ST-5")
def test_a_broadcast_is_active_public_and_found_by_its_key(
    client: StreamlyClient, anyone: Caller, broadcast: Callable[[str], OnAir]
) -> None:
    stream = client.generate_key()
    media_server = StreamlyClient(anyone)
    assert media_server.by_key(stream["stream_key"]) == {
        name: value for name, value in stream.items() if name != "stream_key"
    }
    assert broadcast(stream["stream_key"]).status == "NetStream.Publish.Start"

    def public() -> list[dict[str, Any]]:
        return [one for one in media_server.public_streams() if one["hls_url"] == stream["hls_url"]]

    (seen,) = until(public, "the stream is public")
    assert stream["stream_key"] not in str(seen)
    (mine,) = client.streams()
    assert (mine["id"], mine["status"]) == (seen["id"], "active")
    found = media_server.by_key(stream["stream_key"])
    assert found is not None
    assert (found["id"], found["status"]) == (stream["id"], "active")


@pytest.mark.requirement("EN-11")
@pytest.mark.requirement("ST-2")
@pytest.mark.requirement("ST-3")
@pytest.mark.requirement("ST-5")
def test_a_generated_stream_has_one_id_before_it_begins_and_while_it_runs(
    client: StreamlyClient, anyone: Caller, broadcast: Callable[[str], OnAir]
) -> None:
    generated = client.generate_key()

    def known() -> set[str]:
        by_id = anyone("GET", f"/api/streams/{generated['id']}")
        by_key = StreamlyClient(anyone).by_key(generated["stream_key"])
        listed = [one["id"] for one in client.streams()]
        return {*listed, by_id.json()["stream"]["id"] if by_id.status_code == 200 else "", (by_key or {"id": ""})["id"]}

    assert until(lambda: known() == {generated["id"]}, "the index has the key")
    on_air = broadcast(generated["stream_key"])
    assert on_air.status == "NetStream.Publish.Start"
    assert known() == {generated["id"]}
    by_id = anyone("GET", f"/api/streams/{generated['id']}").json()["stream"]
    assert by_id["status"] == "active"
    assert generated["stream_key"] not in str(by_id)


@pytest.mark.requirement("ST-6")
def test_a_user_has_one_active_stream(client: StreamlyClient, broadcast: Callable[[str], OnAir]) -> None:
    first, second = client.generate_key(), client.generate_key()
    assert broadcast(first["stream_key"]).status == "NetStream.Publish.Start"
    assert broadcast(second["stream_key"]).status == "NetStream.Publish.BadName"


@pytest.mark.requirement("ST-5")
@pytest.mark.requirement("ST-9")
@pytest.mark.parametrize("stream_key", ["a" * 40, "a" * 39, "a" * 41, "no-key", "%20", "%F0%9F%8E%A5"])
def test_unknown_and_malformed_keys_look_the_same(anyone: Caller, stream_key: str) -> None:
    answer = anyone("GET", f"/api/streams/{stream_key}")
    assert (answer.status_code, answer.json()["code"]) == (404, "stream_not_found")
    assert answer.json() == anyone("GET", f"/api/streams/{'b' * 40}").json()


@pytest.mark.requirement("ST-11")
@pytest.mark.parametrize(
    ("authorization", "code"),
    [(None, "token_missing"), ("Bearer x.y.z", "token_invalid"), ("Basic dTpw", "token_invalid")],
)
def test_a_bad_token_is_refused_with_its_reason(anyone: Caller, authorization: str | None, code: str) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = anyone("POST", "/api/streams/generate-key", **headers)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
