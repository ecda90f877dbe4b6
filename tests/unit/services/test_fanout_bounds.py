"""How long a fan-out takes, however many listen and however slow some are. API Gateway is a stub that can be slow."""

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib import aws
from chalicelib.contract import PongMessage
from chalicelib.domain.events import StreamMetrics
from chalicelib.domain.measures import Pulse, StreamFacts
from chalicelib.domain.topics import Connection, Listener, Topic
from chalicelib.services import fanout, sockets, watches
from chalicelib.store import channels, connections

AT = 1_800_000_000_000


class Gateway:
    """Takes messages; `post` is what each of them does."""

    def __init__(self) -> None:
        self.posted: list[str] = []
        self.under_way = self.most = 0
        self.lock = threading.Lock()
        self.seconds = 0.0
        self.failure: Exception | None = None

    def post_to_connection(self, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - boto's names
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        time.sleep(self.seconds)
        with self.lock:
            self.under_way -= 1
            self.posted.append(ConnectionId)
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    gateway = Gateway()
    monkeypatch.setattr(aws, "connections_api", lambda _url: gateway)
    return gateway


def pulse(number: int) -> Pulse:
    return Pulse(
        channel_id=f"ch_{number}",
        stream_id=f"{number}",
        seq=number,
        at=AT,
        started_at=AT,
        bitrate_kbps=1.0,
        fps=30,
        facts=StreamFacts(),
    )


def test_messages_are_sent_many_at_once_and_never_more_than_the_client_has_connections(gateway: Gateway) -> None:
    gateway.seconds = 0.01
    sockets.send([str(number) for number in range(200)], PongMessage())
    assert len(gateway.posted) == 200
    assert 1 < gateway.most <= aws.POOL


def test_what_comes_too_late_is_left_out(gateway: Gateway) -> None:
    gateway.seconds = 0.2  # 12 s for all, and plenty of time for the first
    sockets.send([str(number) for number in range(2_000)], PongMessage(), until=time.monotonic() + 3.0)
    assert 0 < len(gateway.posted) < 2_000


def test_a_connection_that_is_gone_is_forgotten_and_others_hear(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: list[str] = []
    monkeypatch.setattr(sockets, "forget", gone.append)
    gateway.failure = ClientError({"Error": {"Code": "GoneException"}}, "PostToConnection")
    sockets.send(["a", "b"], PongMessage())
    assert sorted(gone) == ["a", "b"]
    gateway.failure = ReadTimeoutError(endpoint_url="")
    sockets.send(["c", "d"], PongMessage())
    assert len(gone) == 2
    assert sorted(gateway.posted) == ["a", "b", "c", "d"]


@pytest.fixture
def listening(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An owner and a viewer for each channel but `ch_0`, which has nobody; and what was not watched further."""
    seen: dict[str, Any] = {"unwatched": []}

    def of(topic: Topic) -> list[Connection]:
        here = [] if topic.channel_id == "ch_0" else [Connection(f"{topic}", topic, None)]
        return here

    monkeypatch.setattr(connections, "listening", of)
    monkeypatch.setattr(channels, "get", lambda _: SimpleNamespace(visibility=None))
    monkeypatch.setattr(watches, "still_watched", lambda *_: None)
    monkeypatch.setattr(watches, "unwatch", lambda node, unheard, now: seen["unwatched"].append(unheard))
    return seen


@pytest.mark.parametrize("for_viewers", [False, True])
def test_viewers_get_measures_only_when_it_is_their_turn(
    gateway: Gateway, listening: dict[str, Any], *, for_viewers: bool
) -> None:
    fanout.measured(StreamMetrics(node_id="n", at=AT, pulses=[pulse(0), pulse(1)], for_viewers=for_viewers))
    viewer = [str(Topic("ch_1", Listener.PUBLIC))] if for_viewers else []
    assert sorted(gateway.posted) == sorted([str(Topic("ch_1", Listener.OWNER)), *viewer])
    assert listening["unwatched"] == ([["ch_0"]] if for_viewers else []), "without viewers nobody knows"
