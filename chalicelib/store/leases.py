"""Taking the lease on a channel: claim and resume. Each is one transaction. `lease_ends` releases it.

    claim     key good, use noted + channel free, fence as seen  + stream row put
    resume    key good, use noted + channel free or holder dead  + stream row re-fenced
              (both: + a session of its own for a publisher on a media server)

Each raises StoreUnavailable when there is no answer.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pynamodb.expressions.update import Action

from chalicelib.domain import keys as key_rules
from chalicelib.domain.channels import Channel
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.leases import CLOCK_MARGIN, Holder
from chalicelib.domain.live_index import shard_of
from chalicelib.domain.publications import OWN_KIND, Publication
from chalicelib.domain.streams import Stream, StreamState, first_seq
from chalicelib.store import models, publications, rows, runtime_models
from chalicelib.store.guard import ConditionFailed, Contended, transaction

UNSEEN_KEPT = 7 * 86_400  # seconds a stream that never was LIVE is kept


class Claimed(StrEnum):
    """How a claim's transaction went."""

    YES = "yes"
    KEY_REFUSED = "key_refused"  # the key row's own condition failed: read it again and say why
    CHANNEL_CHANGED = "channel_changed"  # somebody moved first: read again


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim is based on. All of it was read before; the transaction requires it to be unchanged.

    `publication` is the media server's publisher that claims, None for one of our own nodes. `is_use`: whether the
    stream is a further one of the key's.
    """

    key: StreamKey
    channel: Channel
    holder: Holder
    now: int
    publication: Publication | None = None
    client_ip: str | None = None
    flash_version: str | None = None
    is_use: bool = True
    # How often streams begin on the channel, with this one (`domain.starts`); None where one is continued.
    starts_paid_until: int | None = None
    test: bool = False  # a test stream

    @property
    def fence(self) -> int:
        return self.channel.lease.fence + 1


def take_channel(claim: Claim, stream_id: str, resumable_until: int | None) -> list[Action]:
    return [
        models.Channel.fence.set(claim.fence),
        models.Channel.lease_node.set(claim.holder.node_id),
        models.Channel.lease_incarnation.set(claim.holder.incarnation),
        models.Channel.lease_publisher.set(claim.holder.publisher_id),
        models.Channel.stream_id.set(stream_id),
        models.Channel.test.set(True) if claim.test else models.Channel.test.remove(),
        models.Channel.resumable_until.set(resumable_until)
        if resumable_until is not None
        else models.Channel.resumable_until.remove(),
    ]


def _set_or_remove(attribute: Any, value: str | None) -> Action:
    action: Action = attribute.set(value) if value else attribute.remove()
    return action


def _pay(claim: Claim) -> list[Action]:
    paid = claim.starts_paid_until
    return [models.Channel.starts_paid_until.set(paid)] if paid is not None else []


def key_usable(claim: Claim, stream_id: str | None) -> Any:
    """For `stream_id`, or a new stream: a key without uses left may continue the stream that it was used on last."""
    key, now = models.Key, claim.now
    edits = claim.key.edits
    as_read = key.edits == edits
    usable = (
        (as_read | key.edits.does_not_exist() if edits == 0 else as_read)
        & (key.status == KeyStatus.ACTIVE.value)
        & (key.expires_at.does_not_exist() | (key.expires_at > now))
        & (key.not_before.does_not_exist() | (key.not_before <= now))
    )
    if claim.key.max_uses is not None:
        has_uses = key.uses < claim.key.max_uses
        usable &= has_uses | (key.last_stream_id == stream_id) if stream_id is not None else has_uses
    return usable


def note_use(claim: Claim, stream_id: str) -> list[Action]:
    """A key that has no further use is listed as expired from then on."""
    row, key = models.Key, claim.key
    noted: list[Action] = [
        row.last_used_at.set(claim.now),
        row.last_stream_id.set(stream_id),
        _set_or_remove(row.last_client_ip, claim.client_ip),
        _set_or_remove(row.last_flash_version, claim.flash_version),
    ]
    if claim.is_use:
        noted.append(row.uses.add(1))
        if key.uses_left == 1:
            noted.append(row.listing.set(key_rules.listing(claim.now, key.key_id)))
    return noted


def session_is_over(incarnation: str, now: int) -> Any:
    node = runtime_models.Node
    return node.node_id.does_not_exist() | (node.incarnation != incarnation) | (node.expires_at < now - CLOCK_MARGIN)


def unchanged(channel: Channel) -> Any:
    """The channel has not been claimed since it was read: every claim moves the fence."""
    return models.Channel.fence == channel.lease.fence


def is_open(now: int) -> Any:
    """Neither blocked nor closed since the channel was read: that does not move the fence."""
    channel = models.Channel
    return channel.blocked_at.does_not_exist() & (channel.closed_until.does_not_exist() | (channel.closed_until <= now))


def _shown_as_read(channel: Channel) -> Any:
    """What viewers see has not been edited since it was read: the stream gets a copy of it."""
    version = models.Channel.version
    as_read = version == channel.version
    return as_read | version.does_not_exist() if channel.version == 0 else as_read


def claim(claim: Claim, stream: Stream) -> Claimed:
    """Takes a free channel for a new stream."""
    row = models.Stream(
        stream_id=stream.stream_id,
        channel_id=stream.channel_id,
        key_id=stream.key_id,
        key_hash=stream.key_hash,
        metadata=rows.metadata_row(stream.metadata),
        version=stream.metadata.version,
        source=stream.source,
        node_id=stream.node_id,
        incarnation=stream.incarnation,
        client_ip=stream.client_ip,
        flash_version=stream.flash_version,
        test=stream.test or None,
        fence=claim.fence,
        seq=first_seq(claim.fence),
        state=StreamState.CONNECTING.value,
        connected_at=stream.connected_at,
        live=shard_of(claim.channel.region, stream.stream_id),
        live_on=stream.node_id,
        ttl=claim.now // 1000 + UNSEEN_KEPT,  # until it is LIVE
    )
    try:
        with transaction() as write:
            write.save(row, condition=models.Stream.stream_id.does_not_exist())
            if claim.publication is not None:
                write.save(publications.row(claim.publication))
            write.update(
                models.Key(claim.key.key_hash),
                note_use(claim, stream.stream_id),
                condition=key_usable(claim, None),
            )
            write.update(
                models.Channel(claim.channel.channel_id),
                [*take_channel(claim, stream.stream_id, None), *_pay(claim)],
                condition=unchanged(claim.channel)
                & is_open(claim.now)
                & _shown_as_read(claim.channel)
                & models.Channel.lease_node.does_not_exist(),
            )
    except ConditionFailed as failed:
        key_item = 1 if claim.publication is None else 2  # the first update, behind the puts
        return Claimed.KEY_REFUSED if key_item in failed.items else Claimed.CHANNEL_CHANGED
    except Contended:
        return Claimed.CHANNEL_CHANGED
    return Claimed.YES


def continue_stream(claim: Claim, resumable_until: int) -> list[Action]:
    """The channel's stream goes on with the claiming publisher."""
    session = claim.publication
    return [
        models.Stream.fence.set(claim.fence),
        models.Stream.seq.set(first_seq(claim.fence)),
        models.Stream.key_id.set(claim.key.key_id),
        models.Stream.key_hash.set(claim.key.key_hash),
        models.Stream.resumable_until.set(resumable_until),
        models.Stream.interruption.remove(),
        models.Stream.source.set(session.dialect.value if session else OWN_KIND),
        models.Stream.node_id.set(claim.holder.node_id),
        models.Stream.live_on.set(claim.holder.node_id),
        models.Stream.incarnation.set(claim.holder.incarnation),
        _set_or_remove(models.Stream.client_ip, claim.client_ip),
        _set_or_remove(models.Stream.flash_version, claim.flash_version),
        models.Stream.state.set(StreamState.RECONNECTING.value),
    ]


def continuable(claim: Claim) -> Any:
    """The stream has not ended, nor been claimed since the channel was read."""
    return (models.Stream.fence == claim.channel.lease.fence) & (models.Stream.state != StreamState.ENDED.value)


def resume(claim: Claim, stream_id: str, resumable_until: int) -> Claimed:
    """Takes the channel for its current stream, after it was released or its holder's node died."""
    old = claim.channel.lease.holder
    key_item = 0  # the first update, behind the checks and puts
    try:
        with transaction() as write:
            write.update(
                models.Key(claim.key.key_hash),
                note_use(claim, stream_id),
                condition=key_usable(claim, stream_id),
            )
            free = unchanged(claim.channel) & is_open(claim.now)
            session = claim.publication
            over = session_is_over(old.incarnation, claim.now) if old is not None else None
            if old is None:
                free &= models.Channel.lease_node.does_not_exist()
            elif session is None or old.node_id != session.node_id:
                write.condition_check(runtime_models.Node, old.node_id, condition=over)
                key_item += 1
                over = None
            if session is not None:  # a transaction takes each row once: the check of the same row rides on its put
                write.save(publications.row(session), condition=over)
                key_item += 1
            write.update(
                models.Channel(claim.channel.channel_id),
                take_channel(claim, stream_id, resumable_until),
                condition=free,
            )
            write.update(
                models.Stream(stream_id), continue_stream(claim, resumable_until), condition=continuable(claim)
            )
    except ConditionFailed as failed:
        return Claimed.KEY_REFUSED if key_item in failed.items else Claimed.CHANNEL_CHANGED
    except Contended:
        return Claimed.CHANNEL_CHANGED
    return Claimed.YES
