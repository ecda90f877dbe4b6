"""The schedule over HTTP: planned, changed and removed by its owner, read by everybody, reminded of once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest

from chalicelib.domain.schedule import MOST_AHEAD, Broadcast
from chalicelib.services import bus, schedule
from chalicelib.store import schedule as store
from tests.integration.api.conftest import Client, token
from tests.support.stack import Stack
from tests.support.studio import now_ms
from tests.support.waiting import until

pytestmark = pytest.mark.requirement("FX-5")


def in_minutes(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat(timespec="milliseconds")


def plan(me: Client, minutes: float = 120, **fields: Any) -> dict[str, Any]:
    body = {"title": "Next one", "starts_at": in_minutes(minutes), "minutes": 60, "time_zone": "Europe/Berlin"}
    answer = me("POST", "/api/channel/schedule", body | fields)
    assert answer.status == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def channel_of(me: Client) -> str:
    return str(me.get("/api/channel").json["channel_id"])


def test_what_is_planned_is_on_the_channels_page_in_order(me: Client, anyone: Client) -> None:
    later, sooner = plan(me, 300, title="Later"), plan(me, 100, title="Sooner")
    assert me.get("/api/channel/schedule").json["broadcasts"] == [sooner, later]
    assert anyone.get(f"/api/channels/{channel_of(me)}").json["upcoming"] == [sooner, later]


def test_an_instant_keeps_its_offset_and_zone(me: Client) -> None:
    """In Berlin the clocks go back in the night to 31 October 2027: 02:30 comes twice."""
    year = datetime.now(UTC).year
    made = plan(me, starts_at=in_minutes(60).replace("+00:00", "Z"), time_zone="America/New_York")
    assert made["starts_at"].startswith(str(year)) or made["starts_at"].startswith(str(year + 1))
    assert (made["starts_at"][-1], made["time_zone"]) == ("Z", "America/New_York")


def test_a_change_moves_it_and_counts(me: Client, anyone: Client) -> None:
    made = plan(me)
    path = f"/api/channel/schedule/{made['broadcast_id']}"
    changed = me("PATCH", path, {"title": "Moved", "starts_at": in_minutes(500)})
    assert changed.status == 200
    assert changed.json["broadcast_id"] == made["broadcast_id"]
    assert me.get("/api/channel/schedule").json["broadcasts"] == [changed.json]
    renamed = me("PATCH", path, {"title": "Renamed"}).json
    assert renamed == changed.json | {"title": "Renamed"}
    (event,) = feed(anyone, channel_of(me)).walk("VEVENT")
    assert (str(event["SUMMARY"]), int(str(event["SEQUENCE"]))) == ("Renamed", 2)


def test_what_is_removed_is_gone(me: Client, anyone: Client) -> None:
    path = f"/api/channel/schedule/{plan(me)['broadcast_id']}"
    assert me("DELETE", path).status == 204
    assert anyone.get(f"/api/channels/{channel_of(me)}").json["upcoming"] == []
    me("DELETE", path).problem(404, "broadcast_not_found")
    me("PATCH", path, {"title": "x"}).problem(404, "broadcast_not_found")


def test_a_key_for_a_broadcast_has_its_times_moves_with_it_and_is_revoked_with_it(me: Client) -> None:
    made = plan(me)
    path = f"/api/channel/schedule/{made['broadcast_id']}"
    answer = me("POST", "/api/channel/keys", {"label": "Ann", "broadcast_id": made["broadcast_id"]})
    assert answer.status == 201, answer.json
    key = answer.json
    assert key["not_before"] < made["starts_at"] < made["ends_at"] < key["expires_at"]

    def the_key() -> dict[str, Any]:
        return next(one for one in me.get("/api/channel/keys").json["keys"] if one["key_id"] == key["key_id"])

    until(lambda: the_key()["broadcast_id"] == made["broadcast_id"], "the key is listed")
    assert me("PATCH", path, {"starts_at": in_minutes(500)}).status == 200
    until(lambda: the_key()["not_before"] > made["ends_at"], "the key has moved")
    assert me("DELETE", path).status == 204
    until(lambda: the_key()["status"] == "revoked", "the key is revoked")


def test_a_key_for_a_broadcast_has_no_times_of_its_own(me: Client) -> None:
    made = plan(me)
    wanted = {"broadcast_id": made["broadcast_id"], "expires_at": in_minutes(60)}
    me("POST", "/api/channel/keys", wanted).problem(400, "invalid_input")
    me("POST", "/api/channel/keys", {"broadcast_id": "sch_nobody"}).problem(404, "broadcast_not_found")


def test_a_schedule_is_its_owners_alone(me: Client, stack: Stack) -> None:
    other = Client(stack, {"Authorization": f"Bearer {token(stack)}"})
    other("DELETE", f"/api/channel/schedule/{plan(me)['broadcast_id']}").problem(404, "broadcast_not_found")
    assert len(me.get("/api/channel/schedule").json["broadcasts"]) == 1


@pytest.mark.usefixtures("stack_as_environment")
def test_a_deleted_account_leaves_no_schedule(me: Client) -> None:
    plan(me)
    channel_id = channel_of(me)
    assert me("DELETE", "/api/account").json == {"finished": True}
    assert store.since(channel_id, 0) == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 141}, "title"),
        ({"starts_at": in_minutes(-1)}, "starts_at"),
        ({"starts_at": in_minutes(400 * 24 * 60)}, "starts_at"),
        ({"starts_at": "2027-01-01T12:00:00"}, "starts_at"),
        ({"minutes": 4}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_what_cannot_be_planned_is_said_by_field(me: Client, fields: dict[str, Any], field: str) -> None:
    body = {"title": "x", "starts_at": in_minutes(60), "minutes": 60, "time_zone": "UTC"}
    problem = me("POST", "/api/channel/schedule", body | fields).problem(400, "invalid_input")
    assert [one["field"] for one in problem["errors"]] == [field]


def feed(anyone: Client, channel_id: str) -> icalendar.Calendar:
    answer = anyone.get(f"/api/channels/{channel_id}/schedule.ics")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    return icalendar.Calendar.from_ical(answer.body)


def test_the_feed_has_it_and_is_not_sent_twice(me: Client, anyone: Client) -> None:
    me("PATCH", "/api/channel", {"title": "Über, alles; \\ und mehr"})
    made = plan(me, title="Größe, und; mehr")
    path = f"/api/channels/{channel_of(me)}/schedule.ics"
    (event,) = feed(anyone, channel_of(me)).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Größe, und; mehr"
    assert event.decoded("DTSTART") == datetime.fromisoformat(made["starts_at"]).replace(microsecond=0)
    etag = anyone.get(path).headers["etag"]
    same = anyone.get(path, If_None_Match=f'W/{etag}, "another"')
    assert (same.status, same.body, same.headers["etag"]) == (304, b"", etag)
    plan(me)
    assert anyone.get(path, If_None_Match=etag).status == 200


def test_a_private_channels_schedule_is_hidden_with_it(me: Client, anyone: Client) -> None:
    plan(me)
    path = f"/api/channels/{channel_of(me)}/schedule.ics"
    me("PATCH", "/api/channel", {"visibility": "unlisted"})
    assert anyone.get(path).status == 200
    me("PATCH", "/api/channel", {"visibility": "private"})
    anyone.get(path).problem(404, "channel_not_found")


@pytest.mark.usefixtures("stack_as_environment")
def test_a_channel_has_so_many_ahead(me: Client) -> None:
    now, channel_id = now_ms(), channel_of(me)
    for number in range(MOST_AHEAD):
        store.add(Broadcast(f"sch_{number:02d}", channel_id, "x", now + 3_600_000, 60, "UTC", now), None)
    body = {"title": "One more", "starts_at": in_minutes(60), "minutes": 60, "time_zone": "UTC"}
    me("POST", "/api/channel/schedule", body).problem(409, "too_many_broadcasts")


@pytest.mark.usefixtures("stack_as_environment")
def test_each_broadcast_is_reminded_of_once(me: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack's own schedule may be first: then the reminder is not in the index any more."""
    sent: list[Any] = []
    monkeypatch.setattr(bus, "publish", sent.extend)
    made = plan(me, 60)
    plan(me, 600, title="Much later")
    due = now_ms() + 46 * 60_000
    for _ in range(2):
        schedule.send_reminders(lambda: due)
    mine = [event for event in sent if event.channel_id == channel_of(me)]
    assert [(event.broadcast_id, event.title) for event in mine] == [(made["broadcast_id"], "Next one")]
    assert mine[0].at == mine[0].starts_at - 15 * 60_000


@pytest.mark.usefixtures("stack_as_environment")
def test_nobody_is_reminded_of_what_has_begun_or_was_moved(me: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(bus, "publish", sent.extend)
    plan(me, 60, title="Slept through")
    moved = plan(me, 70, title="Moved")
    me("PATCH", f"/api/channel/schedule/{moved['broadcast_id']}", {"starts_at": in_minutes(900)})
    late = now_ms() + 80 * 60_000
    schedule.send_reminders(lambda: late)
    assert [event for event in sent if event.channel_id == channel_of(me)] == []
