"""What real MediaMTX does: it crashes, asks before there is a connection, lists kinds of its own, and has readers."""

import logging

import pytest

from chalicelib.api.reactions import on_stream_event
from chalicelib.domain.events import AnyEvent, ChannelHidden
from chalicelib.domain.leases import Holder
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.mediamtx import Source
from chalicelib.domain.metadata import Visibility
from chalicelib.domain.publications import Dialect
from chalicelib.domain.refusals import KeyInUse, KeyRevoked
from chalicelib.domain.streams import EndReason
from chalicelib.services import bus
from chalicelib.services.keys import credentials
from chalicelib.services.media_servers import claims, publishers, readers, reconciler
from chalicelib.services.media_servers import mediamtx as mediamtx_api
from chalicelib.services.media_servers.mediamtx import MediaMtx
from chalicelib.services.media_servers.publishers import MediaServer
from chalicelib.services.media_servers.reconciler import Outcome
from chalicelib.services.streams import admission
from tests.integration.hooks.conftest import Broadcaster, Clock
from tests.support.fake_mediamtx import HANGS_UP, NEVER_ANSWERS, FakeMediaMtx, Published

SERVER = MediaServer(Dialect.MEDIAMTX, "main")
MINUTE = 60_000


def path_of(broadcaster: Broadcaster) -> str:
    return f"live/{broadcaster.channel_id}"


def ask(connection: Published, broadcaster: Broadcaster, protocol: str = "rtmp", server: MediaServer = SERVER) -> None:
    now = broadcaster.clock()
    claims.admit(server, connection.id, broadcaster.key, "192.0.2.7", now, protocol=protocol)


def introduce(broadcaster: Broadcaster, *, asks_again: bool) -> None:
    claims.introduce(SERVER, broadcaster.key, "192.0.2.7", broadcaster.clock(), asks_again=asks_again)


def ready(broadcaster: Broadcaster, source: Published) -> None:
    reconciler.ready("main", path_of(broadcaster), Source(source.type, source.id), broadcaster.clock())


def go_live(fake: FakeMediaMtx, broadcaster: Broadcaster, kind: str = "rtmpConn", protocol: str = "rtmp") -> Published:
    source = fake.publish(path_of(broadcaster), kind)
    ask(source, broadcaster, protocol)
    ready(broadcaster, source)
    return source


def run_pass(fake: FakeMediaMtx, clock: Clock) -> Outcome:
    return reconciler.reconcile("main", MediaMtx(fake.url, pause=lambda _: None, timeout=10.0), clock)


class TestHolderThatHasGone:
    @pytest.mark.requirement("EN-11")
    def test_after_a_crash_the_encoder_is_back_at_once(self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster) -> None:
        go_live(mediamtx, broadcaster)
        before = broadcaster.stream()
        mediamtx.crash()
        again = go_live(mediamtx, broadcaster)
        assert broadcaster.status() == "LIVE"
        after = broadcaster.stream()
        assert before is not None
        assert after is not None
        assert after.stream_id > before.stream_id
        assert after.node_id == SERVER.node_id(again.id)

    @pytest.mark.requirement("EN-11")
    @pytest.mark.parametrize(
        ("protocol", "kind"),
        [("rtmp", "rtmpConn"), ("rtsp", "rtspConn"), ("srt", "srtConn"), ("webrtc", "webRTCSession")],
    )
    def test_one_that_left_before_it_sent_does_not_block_its_channel(
        self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster, protocol: str, kind: str
    ) -> None:
        first = mediamtx.connect(kind)
        ask(first, broadcaster, protocol)
        mediamtx.disconnect(first)
        ask(mediamtx.connect(kind), broadcaster, protocol)

    @pytest.mark.requirement("EN-11")
    @pytest.mark.requirement("SO-2")
    def test_one_that_is_still_there_keeps_the_channel(self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster) -> None:
        first = mediamtx.connect("rtmpConn")
        ask(first, broadcaster)
        with pytest.raises(KeyInUse):
            ask(mediamtx.connect("rtmpConn"), broadcaster)
        mediamtx.paths[path_of(broadcaster)] = first
        ready(broadcaster, first)
        with pytest.raises(KeyInUse):
            ask(mediamtx.connect("rtmpConn"), broadcaster)
        assert broadcaster.status() == "LIVE"

    @pytest.mark.requirement("SO-2")
    @pytest.mark.parametrize("failure", [HANGS_UP, NEVER_ANSWERS, 401, 500])
    def test_where_its_server_cannot_tell_it_keeps_the_channel(
        self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster, monkeypatch: pytest.MonkeyPatch, failure: int
    ) -> None:
        monkeypatch.setattr(mediamtx_api, "LOOK_UP_TIMEOUT_S", 1.0)
        go_live(mediamtx, broadcaster)
        mediamtx.failures = [failure]
        asked = len(mediamtx.requests)
        with pytest.raises(KeyInUse):
            ask(mediamtx.connect("rtmpConn"), broadcaster)
        assert len(mediamtx.requests) == asked + 1  # and not again: its encoder waits
        assert broadcaster.status() == "LIVE"

    def test_a_newcomer_on_another_server_takes_over_as_well(
        self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster
    ) -> None:
        go_live(mediamtx, broadcaster)
        mediamtx.crash()
        claims.publish(MediaServer(Dialect.SRS, "main"), "1", broadcaster.key, None, broadcaster.clock())
        assert broadcaster.status() == "LIVE"

    @pytest.mark.parametrize("gone", [True, False])
    def test_a_node_of_ours_refuses_and_has_it_looked_up_for_the_next_attempt(
        self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster, monkeypatch: pytest.MonkeyPatch, gone: bool
    ) -> None:
        go_live(mediamtx, broadcaster)
        if gone:
            mediamtx.crash()
        told: list[AnyEvent] = []
        monkeypatch.setattr(bus, "publish", told.extend)
        key, now = admission.authenticate(broadcaster.key, broadcaster.clock()), broadcaster.clock()
        with pytest.raises(KeyInUse):
            admission.claim(key, Holder("local-1", "run", "conn"), None, now)
        (event,) = told
        on_stream_event({"detail-type": event.detail_type, "detail": event.model_dump(mode="json")}, None)
        assert broadcaster.status() == ("OFFLINE" if gone else "LIVE")
        if gone:
            admission.claim(key, Holder("local-1", "run", "conn"), None, now)

    def test_the_stream_that_is_over_says_why(self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster) -> None:
        from chalicelib.store import streams

        go_live(mediamtx, broadcaster)
        before = broadcaster.stream()
        assert before is not None
        mediamtx.crash()
        ask(mediamtx.connect("rtmpConn"), broadcaster)
        assert streams.get(before.stream_id).end_reason == EndReason.UNPUBLISHED


class TestQuestionWithoutConnection:
    @pytest.mark.requirement("EN-11")
    def test_it_claims_nothing_so_the_publisher_behind_it_is_let_in(
        self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster
    ) -> None:
        introduce(broadcaster, asks_again=True)
        assert publishers.introduced(SERVER, broadcaster.channel_id) is None
        go_live(mediamtx, broadcaster, "webRTCSession", "webrtc")
        assert broadcaster.status() == "LIVE"

    def test_a_channel_that_is_live_is_not_disturbed(self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster) -> None:
        source = go_live(mediamtx, broadcaster)
        for asks_again in (True, False):
            introduce(broadcaster, asks_again=asks_again)
        run_pass(mediamtx, broadcaster.clock)
        stream = broadcaster.stream()
        assert stream is not None
        assert stream.node_id == SERVER.node_id(source.id)
        assert (broadcaster.status(), mediamtx.kicked) == ("LIVE", [])

    def test_whoever_is_never_asked_about_again_claims_when_it_is_ready(
        self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
    ) -> None:
        introduce(broadcaster, asks_again=False)
        assert broadcaster.status() == "OFFLINE"
        source = mediamtx.publish(path_of(broadcaster), "rtspSession")
        ready(broadcaster, source)
        assert broadcaster.status() == "LIVE"
        clock.forward(MINUTE)
        assert (run_pass(mediamtx, clock).kicked, mediamtx.kicked) == (0, [])
        reconciler.not_ready("main", path_of(broadcaster), Source(source.type, source.id), clock())
        assert broadcaster.status() == "OFFLINE"

    def test_a_key_that_was_shown_is_not_remembered_for_ever(
        self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
    ) -> None:
        introduce(broadcaster, asks_again=False)
        clock.forward(MINUTE)
        run_pass(mediamtx, clock)
        assert publishers.introduced(SERVER, broadcaster.channel_id) is None

    def test_a_bad_key_is_refused(self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster) -> None:
        old = broadcaster.key
        broadcaster.reset_key()
        broadcaster.key = old
        with pytest.raises(KeyRevoked):
            introduce(broadcaster, asks_again=True)


@pytest.mark.requirement("EN-11")
@pytest.mark.parametrize(("kind", "unknown"), [("moqSession", 0), ("nextYearsSession", 1)])
def test_a_publisher_of_any_kind_stays_live_and_a_kind_that_is_new_to_us_is_an_error_in_the_log(
    mediamtx: FakeMediaMtx,
    broadcaster: Broadcaster,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    unknown: int,
) -> None:
    go_live(mediamtx, broadcaster, kind, "moq")
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            clock.forward(MINUTE)
            outcome = run_pass(mediamtx, clock)
            assert outcome.unknown_kinds == unknown
            assert broadcaster.status() == "LIVE"
    assert mediamtx.kicked == []
    events = [getattr(record, "event", None) for record in caplog.records]
    assert ("publisher_kind_unknown" in events) is bool(unknown)


@pytest.mark.requirement("EN-11")
@pytest.mark.parametrize("old", [True, False])
def test_picture_sound_and_bytes_are_known_with_the_first_hook_and_kept_up_to_date(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock, old: bool
) -> None:
    mediamtx.old = old
    go_live(mediamtx, broadcaster)
    stream = broadcaster.stream()
    assert stream is not None
    facts = stream.facts
    assert (facts.video_codec, facts.audio_codec, stream.bytes_in) == ("h264", "aac", 1_000)
    if not old:
        assert (facts.width, facts.height, facts.video_profile, facts.audio_sample_rate) == (1920, 1080, "High", 48_000)
    mediamtx.bytes_in, mediamtx.tracks = 5_000_000, []
    clock.forward(MINUTE)
    run_pass(mediamtx, clock)
    stream = broadcaster.stream()
    assert stream is not None
    assert (stream.facts, stream.bytes_in) == (facts, 5_000_000)
    assert facts != StreamFacts()


class TestReaders:
    KINDS = ("rtmpConn", "rtspSession", "srtConn", "webRTCSession", "moqSession", "hlsSession")

    @pytest.mark.requirement("EN-11")
    def test_they_are_closed_when_the_channel_turns_private(
        self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster
    ) -> None:
        go_live(mediamtx, broadcaster)
        reading = [mediamtx.read(path_of(broadcaster), kind) for kind in self.KINDS]
        mediamtx.readers[path_of(broadcaster)].append(Published("hlsMuxer", ""))  # before 1.20: nothing to close
        assert readers.kick(broadcaster.channel_id) == 0
        credentials.edit(broadcaster.channel, {"visibility": Visibility.PRIVATE.value}, broadcaster.clock())
        assert readers.kick(broadcaster.channel_id) == len(self.KINDS)
        assert mediamtx.kicked == [reader.id for reader in reading]
        stream = broadcaster.stream()
        assert stream is not None
        assert stream.ended_at is None

    def test_the_owners_edit_brings_it_about(
        self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        go_live(mediamtx, broadcaster)
        reader = mediamtx.read(path_of(broadcaster), "webRTCSession")
        told: list[AnyEvent] = []
        monkeypatch.setattr(bus, "publish", told.extend)
        for visibility in (Visibility.PUBLIC, Visibility.PRIVATE):
            edited = credentials.edit(broadcaster.channel, {"visibility": visibility.value}, broadcaster.clock())
            readers.visibility_set(edited, broadcaster.clock())
        (event,) = [each for each in told if isinstance(each, ChannelHidden)]
        on_stream_event({"detail-type": event.detail_type, "detail": event.model_dump(mode="json")}, None)
        assert mediamtx.kicked == [reader.id]

    def test_one_that_was_missed_is_closed_by_the_next_comparison(
        self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
    ) -> None:
        go_live(mediamtx, broadcaster)
        reader = mediamtx.read(path_of(broadcaster), "webRTCSession")
        credentials.edit(broadcaster.channel, {"visibility": Visibility.PRIVATE.value}, broadcaster.clock())
        mediamtx.failures = [500]
        assert readers.kick(broadcaster.channel_id) == 0
        assert run_pass(mediamtx, clock).readers_kicked == 1
        assert mediamtx.kicked == [reader.id]

    def test_those_of_a_public_channel_are_left_alone(
        self, mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
    ) -> None:
        go_live(mediamtx, broadcaster)
        mediamtx.read(path_of(broadcaster), "webRTCSession")
        assert run_pass(mediamtx, clock).readers_kicked == 0
        assert mediamtx.kicked == []
