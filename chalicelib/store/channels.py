"""Channels: read, create once with their first key, edit. The lease on them belongs to `leases`."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from pynamodb.expressions.update import Action

from chalicelib.domain.broadcasters import DELETED, Block, person_of
from chalicelib.domain.channels import Channel
from chalicelib.domain.closures import Closure
from chalicelib.domain.errors import KeyChanged
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.metadata import SHOWN, Metadata, Visibility
from chalicelib.domain.not_found import ChannelNotFound
from chalicelib.domain.streams import StreamState
from chalicelib.store import keys, models, rows
from chalicelib.store.guard import ConditionFailed, past_contention, store_errors, transaction

EDITABLE = frozenset({*SHOWN, "contact", "recording", "second_publisher"})
OWNERS = frozenset({*SHOWN, "recording", "second_publisher"})  # what the owner edits: each edit makes a version
MOST_OF_A_PERSON = 100  # channels: accounts with one address that were made and deleted
OWNER = "owner"  # who blocked a channel that was deleted
DIRECTORY = "channels"  # the one partition of the index that lists them all

Position = tuple[str, str]  # in that index: listing, channel id


def find(channel_id: str) -> Channel | None:
    """The channel, read consistently."""
    try:
        with store_errors():
            return rows.channel(models.Channel.get(channel_id, consistent_read=True))
    except models.Channel.DoesNotExist:
        return None


def get(channel_id: str) -> Channel:
    """The channel; raises ChannelNotFound."""
    channel = find(channel_id)
    if channel is None:
        raise ChannelNotFound()
    return channel


def position_of(channel: Channel) -> Position:
    """Where the channel stands in the list of all."""
    return f"{channel.created_at:015d}#{channel.channel_id}", channel.channel_id


def create(channel: Channel, key: StreamKey) -> bool:
    """Stores a new channel with its first key; False if somebody made the channel first (nothing is written)."""
    row = models.Channel(
        channel_id=channel.channel_id,
        owner=channel.owner,
        region=channel.region,
        created_at=channel.created_at,
        title=channel.title,
        display_name=channel.display_name,
        contact=channel.contact,
        email=channel.email,
        person=person_of(channel.email) if channel.email is not None else None,
        key_hash=key.key_hash,
        directory=DIRECTORY,
        listing=position_of(channel)[0],
    )

    def save() -> None:
        with transaction() as write:
            write.save(row, condition=models.Channel.channel_id.does_not_exist())
            write.save(rows.key_row(key), condition=models.Key.key_hash.does_not_exist())

    try:
        past_contention(save)
    except ConditionFailed:
        return False
    return True


def edit(channel_id: str, changes: Mapping[str, Any]) -> Channel:
    """Sets some of `EDITABLE`; answers the channel as it is then. Raises ChannelNotFound.

    What viewers are shown is set on the running stream as well. A claim that has read the channel before this edit and
    writes after it fails on the version and reads again, so no stream starts with an old copy.
    """
    actions = [getattr(models.Channel, name).set(changes[name]) for name in sorted(EDITABLE & changes.keys())]
    if not actions:
        return get(channel_id)
    if changes.keys() & OWNERS:
        actions.append(models.Channel.version.add(1))
    channel = _update(channel_id, actions)
    if changes.keys() & set(SHOWN) and channel.stream_id is not None:
        _show(channel.stream_id, channel.metadata)
    return channel


def set_email(channel_id: str, email: str) -> Channel:
    """The owner's verified address has changed. Raises ChannelNotFound."""
    return _update(channel_id, [models.Channel.email.set(email), models.Channel.person.set(person_of(email))])


def set_block(channel_id: str, block: Block | None) -> Channel | None:
    """Blocks the owner, or lifts the block; None if that had been done before. Raises ChannelNotFound.

    A claim that has read the channel before a block and writes after it fails on it, without the fence being moved.
    """
    row = models.Channel
    try:
        if block is None:
            lifted = [row.blocked_at.remove(), row.blocked_by.remove(), row.blocked_why.remove()]
            return _update(channel_id, lifted, row.blocked_at.exists())
        marked = [row.blocked_at.set(block.at), row.blocked_by.set(block.by), row.blocked_why.set(block.why)]
        return _update(channel_id, marked, row.blocked_at.does_not_exist())
    except ChannelNotFound:
        get(channel_id)
        return None


def set_deleted(channel_id: str, now: int) -> None:
    """Its owner deleted it: nothing says any more whose it was, and it is blocked. Raises ChannelNotFound."""
    row = models.Channel
    _update(
        channel_id,
        [
            row.owner.set(f"{DELETED}{channel_id}"),
            *(one.set("") for one in (row.title, row.description, row.category, row.display_name, row.contact)),
            row.tags.set([]),
            row.visibility.set(Visibility.PRIVATE.value),
            *(one.remove() for one in (row.email, row.person, row.directory, row.listing, row.key_hash)),
            row.blocked_at.set(now),
            row.blocked_by.set(OWNER),
            row.blocked_why.set("The account was deleted by its owner"),
            row.version.add(1),
        ],
    )


def set_closed(channel_id: str, closure: Closure | None, *, instead_of: Closure | None = None) -> Channel | None:
    """Refuses publishers from now on, or accepts them again with None. Raises ChannelNotFound.

    With `instead_of`: only if that one is still in force as it was read; else None, and nothing is written.
    A claim that has read the channel before a closure and writes after it fails on it, without the fence being moved.
    """
    row = models.Channel
    actions = (
        [row.closed_until.remove(), row.closed_why.remove()]
        if closure is None
        else [row.closed_until.set(closure.until), row.closed_why.set(closure.reason.value)]
    )
    if instead_of is None:
        return _update(channel_id, actions)
    try:
        return _update(channel_id, actions, row.closed_until == instead_of.until)
    except ChannelNotFound:
        return None


def of_person(person: str) -> list[Channel]:
    """All channels of one verified address; which they are is eventually consistent, what they are is not."""
    with store_errors():
        ids = [row.channel_id for row in models.Channel.by_person.query(person, limit=MOST_OF_A_PERSON)]
        found = models.Channel.batch_get(ids, consistent_read=True) if ids else []
        return sorted((rows.channel(row) for row in found), key=lambda channel: channel.created_at)


def _update(channel_id: str, actions: Sequence[Action], wanted: Any = None) -> Channel:
    """Raises ChannelNotFound, also where `wanted` does not hold."""
    row = models.Channel(channel_id)
    there = models.Channel.channel_id.exists()

    def update() -> None:
        with store_errors():
            row.update(list(actions), condition=there if wanted is None else there & wanted)

    try:
        past_contention(update)
    except ConditionFailed:
        raise ChannelNotFound() from None
    return rows.channel(row)


def _show(stream_id: str, metadata: Metadata) -> None:
    """The newest version wins; a stream that has ended keeps what it was shown with."""
    stream = models.Stream

    def update() -> None:
        with store_errors():
            stream(stream_id).update(
                [stream.metadata.set(rows.metadata_row(metadata)), stream.version.set(metadata.version)],
                condition=(stream.state != StreamState.ENDED.value) & (stream.version < metadata.version),
            )

    with suppress(ConditionFailed):
        past_contention(update)


def many(channel_ids: Iterable[str]) -> dict[str, Channel]:
    """Those that there are, by id; 100 a request, eventually consistent."""
    wanted = sorted(set(channel_ids))
    with store_errors():
        return {row.channel_id: rows.channel(row) for row in models.Channel.batch_get(wanted)} if wanted else {}


def listed(limit: int, after: Position | None) -> tuple[list[Channel], Position | None]:
    """All channels, newest first, and where the next page begins."""
    last = {"directory": DIRECTORY, "listing": after[0], "channel_id": after[1]} if after else None
    with store_errors():
        found = list(
            page := models.Channel.in_order.query(
                DIRECTORY, scan_index_forward=False, limit=limit, last_evaluated_key=rows.texts(last)
            )
        )
    known = many(row.channel_id for row in found)
    more = page.last_evaluated_key is not None and found
    position = (found[-1].listing or "", found[-1].channel_id) if more else None
    return [known[row.channel_id] for row in found if row.channel_id in known], position


def replace_key(channel: Channel, new: StreamKey, retired: StreamKey | None = None) -> None:
    """Makes `new` the channel's key, in one step with what becomes of the old one. Raises KeyChanged if another reset
    was first.

    `retired` is the old key as it is to be; without it, it is revoked.
    """
    row = models.Channel(channel.channel_id)

    def replace() -> None:
        with transaction() as write:
            write.save(rows.key_row(new), condition=models.Key.key_hash.does_not_exist())
            write.update(
                row,
                [models.Channel.key_hash.set(new.key_hash), models.Channel.version.add(1)],
                condition=models.Channel.key_hash == channel.key_hash,
            )
            if channel.key_hash is not None:
                write.update(
                    models.Key(channel.key_hash),
                    keys.retiring(retired, new) if retired is not None else keys.revoking(new),
                    condition=models.Key.key_hash.exists(),
                )

    try:
        past_contention(replace)
    except ConditionFailed:
        raise KeyChanged() from None
