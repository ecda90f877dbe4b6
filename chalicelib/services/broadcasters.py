"""Broadcasters, as administrators know them: the people behind channels. A broadcaster's id is that of the channel.

A block is on every channel of the person: those that have the same verified e-mail address (`domain.broadcasters`).

    block     every channel of the person marked -> what runs on it ordered to end -> its WebSockets closed
    claim     conditioned on no mark: it came before the mark, and is ended, or it fails
    sign-up   a new account of the person finds the mark of the old one, and gets one of its own
"""

import secrets
from collections.abc import Mapping
from typing import Any

from ulid import ULID

from chalicelib.config import settings
from chalicelib.domain import cursors
from chalicelib.domain.broadcasters import UNCLAIMED, Block, is_email, person_of
from chalicelib.domain.channels import Channel, channel_id_of
from chalicelib.domain.errors import BroadcasterExists
from chalicelib.domain.events import ChannelHidden
from chalicelib.domain.keys import KeyTerms
from chalicelib.domain.not_found import BroadcasterNotFound
from chalicelib.domain.pages import Page
from chalicelib.domain.streams import EndReason
from chalicelib.domain.timeline import Entry, about_broadcaster
from chalicelib.observability import logger
from chalicelib.services import bus, fanout
from chalicelib.services.keys import keyring
from chalicelib.services.streams import orders
from chalicelib.store import channels, timeline

SYSTEM = "stream-sync"  # who blocks a new account of somebody who is blocked
LOOKED_AT = 100  # rows a request
MOST_LOOKED_AT = 1_000  # rows a page: a search that finds little ends early and answers a cursor
_RANDOM_BITS = 12  # below an entry's millisecond; the number stays under 2**53


def create(display_name: str, contact: str, user_id: str | None, now: int) -> Channel:
    """A channel with its first key. `user_id` names the account that owns it; without one nobody can sign in to it.

    Raises BroadcasterExists if the account has a channel.
    """
    owner = user_id or f"{UNCLAIMED}{ULID()}"
    channel = Channel(
        channel_id=channel_id_of(owner),
        owner=owner,
        region=settings().home_region,
        created_at=now,
        display_name=display_name,
        contact=contact,
    )
    if not channels.create(channel, keyring.issue(channel.channel_id, now, KeyTerms()).key):
        raise BroadcasterExists()
    logger("control").info("Broadcaster created", event="broadcaster_created", channel_id=channel.channel_id)
    return channel


def get(broadcaster_id: str) -> Channel:
    """Raises BroadcasterNotFound."""
    channel = channels.find(broadcaster_id)
    if channel is None:
        raise BroadcasterNotFound()
    return channel


def edit(broadcaster_id: str, changes: Mapping[str, Any]) -> Channel:
    """Display name and contact. Raises BroadcasterNotFound."""
    get(broadcaster_id)
    return channels.edit(broadcaster_id, changes)


# --- blocking --------------------------------------------------------------------------------------------------------


def block(broadcaster_id: str, by: str, why: str, now: int) -> Channel:
    """The person may neither broadcast nor use the API from now on. Raises BroadcasterNotFound.

    A second time changes nothing in the records, and ends what a first attempt did not come to end.
    """
    for channel in _of_person(get(broadcaster_id)):
        _mark(channel, Block(now, by, why))
        orders.end_running(channel.channel_id, EndReason.BLOCKED, now)
        fanout.disconnect_owner(channel.channel_id)
        bus.publish([ChannelHidden(channel_id=channel.channel_id, at=now)])
    return get(broadcaster_id)


def unblock(broadcaster_id: str, by: str, why: str, now: int) -> Channel:
    """The person may do again what they could. Raises BroadcasterNotFound; a second time changes nothing."""
    for channel in _of_person(get(broadcaster_id)):
        if channels.set_block(channel.channel_id, None) is not None:
            _record(channel.channel_id, "unblocked", by, why, now)
    return get(broadcaster_id)


def as_person(channel: Channel, now: int) -> Channel:
    """The channel of an account whose address is new to us: blocked if the person is."""
    if channel.blocked is not None or channel.email is None:
        return channel
    other = next((one for one in channels.of_person(person_of(channel.email)) if one.blocked is not None), None)
    if other is None or other.blocked is None:
        return channel
    _mark(channel, Block(now, SYSTEM, f"The same person as {other.channel_id}: {other.blocked.why}"))
    return channels.get(channel.channel_id)


def history(broadcaster_id: str) -> list[Entry]:
    """Who blocked and unblocked the broadcaster, when, and why; the oldest first, of the last 90 days."""
    return timeline.of_stream(about_broadcaster(broadcaster_id), LOOKED_AT)


def _of_person(channel: Channel) -> list[Channel]:
    others = channels.of_person(person_of(channel.email)) if channel.email is not None else []
    return [channel, *(one for one in others if one.channel_id != channel.channel_id)]


def _mark(channel: Channel, mark: Block) -> None:
    if channels.set_block(channel.channel_id, mark) is not None:
        _record(channel.channel_id, "blocked", mark.by, mark.why, mark.at)


def _record(channel_id: str, kind: str, by: str, why: str, now: int) -> None:
    logger("control").info(
        f"Broadcaster {kind}",
        event="broadcaster_blocked" if kind == "blocked" else "broadcaster_unblocked",
        channel_id=channel_id,
        by=by,
        why=why,
    )
    seq = (now << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    timeline.add(Entry(about_broadcaster(channel_id), seq, now, kind, {"by": by, "why": why}))


# --- lists -----------------------------------------------------------------------------------------------------------


def listed(limit: int, cursor: str | None) -> Page[Channel]:
    """Newest first. Raises InvalidInput for a bad cursor."""
    found, further = channels.listed(limit, _position(cursor))
    return Page(found, cursors.encode(*further) if further else None)


def found(q: str, limit: int, cursor: str | None) -> Page[Channel]:
    """Those whom `q` names by broadcaster id, user id or e-mail address; else those in whose names and words it is.

    The first takes one read by key or index. The second looks through all, newest first, a bounded part a page, so a
    page may hold fewer than `limit`. Raises InvalidInput for a bad cursor.
    """
    if cursor is None and (named := _named(q)):
        return Page(named, None)
    matches: list[Channel] = []
    position = _position(cursor)
    for _ in range(0, MOST_LOOKED_AT, LOOKED_AT):
        chunk, further = channels.listed(LOOKED_AT, position)
        for channel in chunk:
            if _holds(channel, q.casefold()):
                matches.append(channel)
                if len(matches) == limit and (further is not None or channel is not chunk[-1]):
                    return Page(matches, cursors.encode(*channels.position_of(channel)))
        position = further
        if position is None:
            return Page(matches, None)
    return Page(matches, cursors.encode(*position) if position else None)


def _named(q: str) -> list[Channel]:
    if is_email(q):
        return channels.of_person(person_of(q))[::-1]
    one = channels.find(q) or channels.find(channel_id_of(q))
    return [one] if one is not None else []


def _holds(channel: Channel, q: str) -> bool:
    words = (channel.display_name, channel.title, channel.contact, channel.email or "", channel.owner)
    return any(q in text.casefold() for text in words)


def _position(cursor: str | None) -> channels.Position | None:
    if cursor is None:
        return None
    listing, channel_id = cursors.decode(cursor, 2)
    if not listing or not channel_id:
        raise cursors.bad_cursor()
    return listing, channel_id
