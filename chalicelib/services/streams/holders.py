"""Who holds a channel that somebody claims, and whether its stream may be continued."""

from chalicelib.domain.channels import Channel
from chalicelib.domain.encoders import Encoder
from chalicelib.domain.events import HolderQuestioned
from chalicelib.domain.keys import KeyRole, StreamKey
from chalicelib.domain.leases import TAKEOVER_MARGIN, Holder, dead_node_grace, is_over
from chalicelib.domain.publications import OWN_KIND, Dialect, dialect_of
from chalicelib.domain.refusals import KeyInUse
from chalicelib.domain.streams import Stream, StreamState
from chalicelib.services import bus
from chalicelib.store import nodes, pulses, streams
from chalicelib.store.leases import Claim


class HolderInDoubt(KeyInUse):
    """The holder's session has run out, but the asker cannot tell yet whether its node is dead; see `streams.fleet`."""


class HeldBySameEncoder(KeyInUse):
    """The holder may be the asker's own dead connection to another node: it has its key, its address and its name.

    `last_media_at` is when that node last reported media of it (ms), None if it has not yet.
    """

    last_media_at: int | None = None


def in_use(key: StreamKey, holding: StreamKey | None = None) -> KeyInUse:
    """`holding`: the key of the publisher that holds the channel, which the refusal names."""
    detail = None
    if holding is not None and holding.key_id != key.key_id:
        detail = f"The channel is already live with {called(holding)}"
    return KeyInUse(detail, channel_id=key.channel_id, key_id=key.key_id)


def called(key: StreamKey) -> str:
    """A key in a sentence for whoever has another key of the channel: nothing of its text.

    The dashboard translates it (`dashboard/src/words/server.ts`).
    """
    if key.label:
        return f'the key "{key.label}" ({key.role})'
    return f"{'an' if key.role is KeyRole.OWNER else 'a'} {key.role}'s key"


def question(holder: Holder | None, now: int) -> None:
    """Called when one of our nodes refuses a publisher because another one holds the channel.

    If the holder is on MediaMTX, its server is asked in the background whether it is still there; if it is not, the
    next attempt succeeds. Admission for media servers asks directly, see `media_servers.claims`.
    """
    if holder is not None and dialect_of(holder.node_id) is Dialect.MEDIAMTX:
        bus.publish([HolderQuestioned(node_id=holder.node_id, at=now)])


def resumable_until(claim: Claim, may_declare_dead: bool) -> int | None:
    """Until when (ms) the channel's stream may be continued; None if it has none to continue.

    Raises KeyInUse while somebody holds the channel whose node lives, HolderInDoubt while it may live.
    """
    key, channel, now = claim.key, claim.channel, claim.now
    holder = channel.lease.holder
    if holder is None:
        return channel.resumable_until
    session = nodes.find(holder.node_id)
    if not is_over(session, holder.incarnation, now):
        raise _own_connection(claim, holder) or in_use(key)
    if not may_declare_dead and not is_over(session, holder.incarnation, 0):
        raise HolderInDoubt(channel_id=key.channel_id, key_id=key.key_id)
    return dead_node_grace(session, holder.incarnation, now) - TAKEOVER_MARGIN


def _own_connection(claim: Claim, holder: Holder) -> HeldBySameEncoder | None:
    """If the holder may be the claiming encoder's own connection, to another of our nodes.

    Never what decides who has the channel: it only says that it is worth asking again.
    """
    stream = unended_stream(claim.channel)
    if stream is None or claim.publication is not None or stream.source != OWN_KIND:
        return None
    claiming = Encoder(claim.key.key_id, claim.client_ip, claim.flash_version)
    holding = Encoder(stream.key_id, stream.client_ip, stream.flash_version)
    if holder.node_id == claim.holder.node_id or not claiming.may_be(holding):
        return None
    held = HeldBySameEncoder(channel_id=claim.key.channel_id, key_id=claim.key.key_id)
    pulse = pulses.find(stream.stream_id)
    held.last_media_at = pulse.last_media_at if pulse is not None else None
    return held


def unended_stream(channel: Channel) -> Stream | None:
    stream = streams.find(channel.stream_id) if channel.stream_id is not None else None
    return None if stream is None or stream.state is StreamState.ENDED else stream
