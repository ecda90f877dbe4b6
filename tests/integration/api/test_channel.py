"""A broadcaster's channel, credentials and streams: the shapes of the contract, and who sees what."""

import re
import time
from datetime import datetime

import pytest

from tests.integration.api.conftest import Client, token
from tests.support.stack import Stack

KEY = re.compile("[A-Za-z0-9]{40}")
CHANNEL = {
    "channel_id", "status", "status_until", "title", "display_name", "description", "category", "tags", "visibility",
    "region", "ingest_url", "ingest_endpoints", "playback", "key", "live", "version", "last_end", "last_refusal",
    "recording", "closed", "second_publisher",
}  # fmt: skip
OWNERS = {
    "second_publisher",
    "visibility",
    "region",
    "ingest_url",
    "ingest_endpoints",
    "key",
    "last_end",
    "last_refusal",
    "recording",
    "closed",
}
CREDENTIALS = {"ingest_url", "key_id", "stream_key_masked", "expires_at"}


def stream_key_of(client: Client) -> str:
    return str(client.get("/api/channel/credentials?reveal=true").json["stream_key"])


@pytest.mark.requirement("SS-1.1")
@pytest.mark.requirement("SS-6.1")
def test_a_new_broadcaster_has_a_channel_at_once(stack: Stack, me: Client) -> None:
    channel = me.get("/api/channel").json
    assert channel.keys() == CHANNEL
    assert (channel["status"], channel["live"], channel["visibility"]) == ("OFFLINE", None, "public")
    assert channel["ingest_url"] == stack.rtmp_url
    assert channel["key"].keys() == {"key_id", "hint", "expires_at"}
    assert channel["playback"]["hls_url"].endswith(f"/{channel['channel_id']}/index.m3u8")
    assert me.get("/api/channel").json == channel


@pytest.mark.requirement("SS-1.4")
def test_the_key_is_masked_until_it_is_asked_for(me: Client) -> None:
    masked = me.get("/api/channel/credentials")
    assert masked.json.keys() == CREDENTIALS
    assert set(masked.json["stream_key_masked"][:-4]) == {"•"}
    revealed = me.get("/api/channel/credentials?reveal=true")
    assert revealed.json.keys() == CREDENTIALS | {"stream_key"}
    assert revealed.headers["cache-control"] == "no-store"
    key = revealed.json["stream_key"]
    assert KEY.fullmatch(key)
    assert masked.json["stream_key_masked"].endswith(key[-4:])
    for answer in (masked, me.get("/api/channel"), me.get("/api/streams"), me.get("/api/channel/keys")):
        assert key.encode() not in answer.body


@pytest.mark.requirement("SS-1.3")
@pytest.mark.requirement("SS-1.2")
def test_reset_gives_a_new_key_and_kills_the_old_one(me: Client, anyone: Client) -> None:
    old = stream_key_of(me)
    reset = me("POST", "/api/channel/credentials/reset")
    assert (reset.status, reset.headers["cache-control"]) == (200, "no-store")
    assert reset.json.keys() == CREDENTIALS | {"stream_key"}
    new = reset.json["stream_key"]
    assert new != old
    assert stream_key_of(me) == new
    anyone.get(f"/api/streams/{old}").problem(404, "stream_not_found")
    assert anyone.get(f"/api/streams/{new}").status == 200


def test_two_broadcasters_have_two_channels_and_two_keys(stack: Stack, me: Client) -> None:
    other = Client(stack, {"Authorization": f"Bearer {token(stack)}"})
    assert me.get("/api/channel").json["channel_id"] != other.get("/api/channel").json["channel_id"]
    assert stream_key_of(me) != stream_key_of(other)


@pytest.mark.requirement("FX-1")
def test_what_is_given_is_changed_and_the_rest_stays(me: Client) -> None:
    edit = {"title": "Evening show", "tags": ["  live ", "music"], "visibility": "unlisted"}
    answer = me("PATCH", "/api/channel", edit)
    assert answer.json.keys() == CHANNEL
    assert answer.json["tags"] == ["live", "music"]
    again = me("PATCH", "/api/channel", {"category": "Music"}).json
    assert (again["title"], again["category"], again["visibility"]) == ("Evening show", "Music", "unlisted")
    assert me("PATCH", "/api/channel", {}).json == again


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE channels; --",
        "<script>alert(1)</script>",
        "Grüße 👋🏽 שלום",
        "👩\u200d👩\u200d👧",
        "a" * 140,
        "\\\"'`${x}",
    ],
)
def test_text_comes_back_as_it_was_sent(me: Client, text: str) -> None:
    assert me("PATCH", "/api/channel", {"title": text}).json["title"] == text
    assert me.get("/api/channel").json["title"] == text


def test_nothing_to_stop_is_a_conflict(me: Client) -> None:
    me("POST", "/api/channel/stop").problem(409, "not_live")


# --- generated keys, and streams --------------------------------------------------------------------------------------


@pytest.mark.requirement("ST-2")
@pytest.mark.requirement("ST-6")
def test_a_generated_key_is_given_once_and_expires_by_itself(stack: Stack, me: Client, anyone: Client) -> None:
    answer = me("POST", "/api/streams/generate-key")
    assert (answer.status, answer.headers["cache-control"]) == (201, "no-store")
    stream = answer.json["stream"]
    assert {"id", "stream_key", "status", "created_at", "expires_at", "rtmp_url", "hls_url"} <= stream.keys()
    assert KEY.fullmatch(stream["stream_key"])
    life = datetime.fromisoformat(stream["expires_at"]) - datetime.fromisoformat(stream["created_at"])
    assert life.total_seconds() == 24 * 3600
    assert stream["rtmp_url"].startswith(stack.rtmp_url)
    listed = me.get("/api/streams")
    assert stream["stream_key"].encode() not in listed.body

    found = anyone.get(f"/api/streams/{stream['stream_key']}")
    assert found.headers["cache-control"] == "no-store"
    assert found.json["stream"]["id"] == stream["id"]
    assert stream["stream_key"].encode() not in found.body


@pytest.mark.requirement("ST-5")
@pytest.mark.requirement("ST-9")
def test_an_unknown_key_and_a_malformed_one_look_the_same(anyone: Client) -> None:
    answers = [anyone.get(f"/api/streams/{key}") for key in ("a" * 40, "a" * 39, "a" * 39 + "-", "0" * 26, "x")]
    documents = [answer.problem(404, "stream_not_found") for answer in answers]
    assert all(document == documents[0] for document in documents)
    assert len({tuple(sorted(answer.headers)) for answer in answers}) == 1


@pytest.mark.requirement("ST-3")
def test_a_new_broadcaster_has_no_streams(me: Client) -> None:
    assert me.get("/api/streams").json == {"streams": [], "next_cursor": None}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=-1", "limit=1e9", "cursor=", "cursor=a", f"cursor={'%00' * 26}",
              "surprise=1"],
)  # fmt: skip
def test_a_query_that_cannot_be_is_told_by_its_field(me: Client, query: str) -> None:
    document = me.get(f"/api/streams?{query}").problem(400, "invalid_input")
    assert [error["field"] for error in document["errors"]] == [query.partition("=")[0]]


@pytest.mark.requirement("ST-4")
@pytest.mark.requirement("SO-4")
def test_the_public_list_is_open_and_says_when_it_is_empty(anyone: Client) -> None:
    answer = anyone.get("/api/streams/public?q=nothing-has-this-title", Origin="https://anywhere.example.com")
    assert answer.json == {"streams": [], "next_cursor": None, "message": "Nobody is live right now."}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=1"


@pytest.mark.requirement("SO-4")
def test_a_private_channel_is_not_found_by_others(me: Client, anyone: Client) -> None:
    channel_id = me.get("/api/channel").json["channel_id"]
    public = anyone.get(f"/api/channels/{channel_id}").json
    assert public.keys() == CHANNEL - OWNERS | {"upcoming"}
    me("PATCH", "/api/channel", {"visibility": "private"})
    anyone.get(f"/api/channels/{channel_id}").problem(404, "channel_not_found")


@pytest.mark.parametrize("channel_id", ["nobody", "ch_" + "0" * 24, "a" * 3_000, "..%2f..", "%F0%9F%94%91"])
def test_an_unknown_channel_is_not_found_whatever_it_is_called(anyone: Client, channel_id: str) -> None:
    anyone.get(f"/api/channels/{channel_id}").problem(404, "channel_not_found")


@pytest.mark.requirement("ST-1")
def test_health_tells_of_service_and_database(anyone: Client) -> None:
    answer = anyone.get("/health")
    assert answer.status == 200
    assert answer.json["status"] == answer.json["database"] == "ok"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.requirement("SO-4")
def test_first_requests_at_once_see_one_channel(stack: Stack) -> None:
    """As a dashboard that is opened for the first time does."""
    from concurrent.futures import ThreadPoolExecutor

    new = Client(stack, {"Authorization": f"Bearer {token(stack)}"})
    paths = ["/api/channel", "/api/channel/credentials", "/api/streams"] * 4
    with ThreadPoolExecutor(len(paths)) as pool:
        answers = list(pool.map(new.get, paths))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["channel_id"] for answer in answers if "channel_id" in answer.json}) == 1
    assert len({answer.json["key_id"] for answer in answers if "key_id" in answer.json}) == 1


def test_an_owner_gives_out_links_to_a_private_channel(stack: Stack, me: Client) -> None:
    channel_id = me.get("/api/channel").json["channel_id"]
    began = time.time()
    answer = me("POST", "/api/channel/playback-tokens", {"ttl_seconds": 60})
    assert (answer.status, answer.headers["cache-control"]) == (201, "no-store")
    made = answer.json
    token = made["token"]
    assert made["hls_url"] == f"{stack.http_url}/live/{channel_id}/{token}/index.m3u8"
    assert made["watch_url"] == f"{stack.http_url}/watch/{channel_id}#token={token}"
    expires_at = datetime.fromisoformat(made["expires_at"]).timestamp()
    assert began + 59 <= expires_at <= time.time() + 60
    assert token not in stack.logs()


@pytest.mark.parametrize("seconds", [59, 86_401, 0, -1, "60", 60.5, None])
def test_a_link_lasts_a_minute_at_least_and_a_day_at_most(me: Client, seconds: object) -> None:
    me("POST", "/api/channel/playback-tokens", {"ttl_seconds": seconds}).problem(400, "invalid_input")


def test_the_owner_chooses_whether_streams_are_recorded(me: Client) -> None:
    assert me.get("/api/channel").json["recording"] is True
    version = me.get("/api/channel").json["version"]
    edited = me("PATCH", "/api/channel", {"recording": False})
    assert (edited.status, edited.json["recording"]) == (200, False)
    assert edited.json["version"] > version
    assert me("PATCH", "/api/channel", {"recording": "no"}).status == 400
