"""A channel's planned broadcasts: its owner plans them, everybody may read them, and a reminder goes out before."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ulid import ULID

from chalicelib.domain import schedule as rules
from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import BroadcastChanged, InvalidInput, TooManyBroadcasts
from chalicelib.domain.events import BroadcastReminder
from chalicelib.domain.not_found import BroadcastNotFound
from chalicelib.domain.schedule import Broadcast
from chalicelib.services import bus
from chalicelib.store import channels
from chalicelib.store import schedule as store

MOST_AT_ONCE = 100  # reminders read at a time
SWEEP_MS = 10_000  # of the schedule's minute


def ahead(channel_id: str, now: int) -> list[Broadcast]:
    """All that have not ended, the next one first; read consistently, for the owner."""
    return rules.ahead(store.since(channel_id, now - rules.LONGEST, consistent=True), now)


def shown(channel_id: str, now: int) -> list[Broadcast]:
    """The next few, for everybody."""
    return rules.ahead(store.since(channel_id, now - rules.LONGEST, limit=4 * rules.SHOWN), now)[: rules.SHOWN]


def feed(channel_id: str, now: int) -> list[Broadcast]:
    """For a calendar: also those of the last month, which it would delete otherwise."""
    return store.since(channel_id, now - rules.KEPT)


def find(channel: Channel, broadcast_id: str, now: int) -> Broadcast:
    """One that has not ended. Raises BroadcastNotFound."""
    for one in ahead(channel.channel_id, now):
        if one.broadcast_id == broadcast_id:
            return one
    raise BroadcastNotFound()


def plan(channel: Channel, title: str, starts_at: int, minutes: int, time_zone: str, now: int) -> Broadcast:
    """Raises TooManyBroadcasts, InvalidInput for a start that is not ahead."""
    _check_start(starts_at, now)
    if len(ahead(channel.channel_id, now)) >= rules.MOST_AHEAD:
        raise TooManyBroadcasts()
    made = Broadcast(f"{rules.ID_PREFIX}{ULID()}", channel.channel_id, title, starts_at, minutes, time_zone, now)
    store.add(made, rules.remind_at(made, now))
    return made


def edit(channel: Channel, broadcast_id: str, changes: dict[str, Any], now: int) -> Broadcast:
    """`changes` holds some of title, starts_at, minutes, time_zone. Raises BroadcastNotFound, BroadcastChanged,
    InvalidInput."""
    before = find(channel, broadcast_id, now)
    if "starts_at" in changes and changes["starts_at"] != before.starts_at:
        _check_start(changes["starts_at"], now)
    after = replace(before, **changes, changed_at=now, sequence=before.sequence + 1)
    if not store.replace(before, after, rules.remind_at(after, now)):
        raise BroadcastChanged()
    return after


def cancel(channel: Channel, broadcast_id: str, now: int) -> None:
    """Raises BroadcastNotFound, BroadcastChanged."""
    if not store.remove(find(channel, broadcast_id, now)):
        raise BroadcastChanged()


def erase(channel_id: str) -> None:
    """All there is, past broadcasts as well; may be repeated."""
    while found := store.since(channel_id, 0):
        for one in found:
            store.remove(one)


def _check_start(starts_at: int, now: int) -> None:
    if not now < starts_at <= now + rules.FARTHEST:
        problem = "must be in the future, and at most a year ahead"
        raise InvalidInput(f"starts_at {problem}", [{"field": "starts_at", "problem": problem}])


def send_reminders(clock: Callable[[], int]) -> int:
    """Those that are due; answers how many. Raises StoreUnavailable; may be repeated: a reminder has one event id."""
    sent, until = 0, clock() + SWEEP_MS
    while due := store.due(clock(), MOST_AT_ONCE):
        for one in due:
            if clock() >= until:
                return sent
            sent += _remind(one, clock())
        if len(due) < MOST_AT_ONCE:
            break
    return sent


def _remind(due: store.Due, now: int) -> bool:
    broadcast = store.of(due)
    is_ahead = broadcast is not None and now < broadcast.starts_at
    if broadcast is not None and is_ahead and (channel := channels.find(due.channel_id)) is not None:
        is_ahead = channel.blocked is None
        if is_ahead:
            bus.publish([_reminder(broadcast, due.remind_at)])
    store.reminded(due)
    return is_ahead


def _reminder(broadcast: Broadcast, at: int) -> BroadcastReminder:
    return BroadcastReminder(
        channel_id=broadcast.channel_id,
        broadcast_id=broadcast.broadcast_id,
        at=at,
        title=broadcast.title,
        starts_at=broadcast.starts_at,
        minutes=broadcast.minutes,
        time_zone=broadcast.time_zone,
    )
