"""Broadcasters, as administrators know them: the people behind channels. A broadcaster's id is that of the channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ulid import ULID

from chalicelib.config import settings
from chalicelib.domain import cursors
from chalicelib.domain.channels import Channel, channel_id_of
from chalicelib.domain.errors import BroadcasterExists, BroadcasterNotFound
from chalicelib.domain.keys import KeyTerms
from chalicelib.observability import logger
from chalicelib.services import keyring
from chalicelib.store import channels


@dataclass(frozen=True, slots=True)
class BroadcasterPage:
    broadcasters: list[Channel]
    next_cursor: str | None


def create(display_name: str, contact: str, user_id: str | None, now: int) -> Channel:
    """A channel with its first key. `user_id` names the account that owns it; without one nobody can sign in to it.

    Raises BroadcasterExists if the account has a channel.
    """
    owner = user_id or f"unclaimed:{ULID()}"
    channel = Channel(
        channel_id_of(owner), owner, settings().home_region, now, display_name=display_name, contact=contact
    )
    if not channels.create(channel, keyring.issue(channel.channel_id, now, KeyTerms()).key):
        raise BroadcasterExists()
    logger("control").info("broadcaster created", channel_id=channel.channel_id)
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


def listed(limit: int, cursor: str | None) -> BroadcasterPage:
    """Newest first. Raises InvalidInput for a bad cursor."""
    after = None
    if cursor is not None:
        listing, channel_id = cursors.decode(cursor, 2)
        if not listing or not channel_id:
            raise cursors.bad_cursor()
        after = (listing, channel_id)
    found, further = channels.listed(limit, after)
    return BroadcasterPage(found, cursors.encode(*further) if further else None)
