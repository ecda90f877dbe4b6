"""Publishers on media servers, once `claims` has admitted them.

    confirm   the server says, or lists, that it publishes  LIVE, its session renewed
    leave     the server says that it has gone              ENDED
    end       an order, or its key is no longer good        ENDED

Hooks arrive twice, late, in any order, or never. Each is bound to the server's connection id: a hook for a connection
that does not hold the channel changes nothing. A connection whose claim ran out because its hooks were lost claims
again with the key that it presented; one that left, or never presented a key, does not.
"""

from dataclasses import dataclass, replace

from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Visibility, is_channel_id
from chalicelib.domain.errors import BroadcastEnded, LeaseLost
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.mediamtx import Measured
from chalicelib.domain.not_found import ChannelNotFound, StreamNotFound
from chalicelib.domain.publications import SESSION_TTL, Dialect, Publication, dialect_of, node_id_of, server_of
from chalicelib.domain.refusals import KeyUnknown, PublishRefused, StoreUnavailable
from chalicelib.domain.streams import EndReason, StreamState
from chalicelib.domain.timeline import ConnectionRecord
from chalicelib.domain.times import iso
from chalicelib.observability import logger
from chalicelib.services.media_servers import charts, refusals
from chalicelib.services.streams import admission, lifecycle
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import channels, keys, publications, streams, timeline


@dataclass(frozen=True, slots=True)
class MediaServer:
    """One media server. `name` is the operator's and tells several of one dialect apart."""

    dialect: Dialect
    name: str

    @property
    def where(self) -> str:
        return f"{self.dialect}:{self.name}"

    def node_id(self, connection_id: str) -> str:
        return node_id_of(self.dialect, self.name, connection_id)


# --- who is there ---------------------------------------------------------------------------------------------------


def find(server: MediaServer, connection_id: str) -> Publication | None:
    return publications.find(server.node_id(connection_id))


def introduced(server: MediaServer, channel_id: str) -> Publication | None:
    """The publisher that presented a key for the channel without a connection id and has not left since."""
    return publications.find(server.node_id(channel_id))


def known(node_id: str) -> Publication | None:
    """A media server's publisher by the id that leases and orders know it by."""
    return publications.find(node_id)


def of_server(server: MediaServer) -> list[Publication]:
    """Every publisher of the server that has not left."""
    return publications.of_server(server.dialect, server.name)


def publisher_of(channel_id: str) -> Publication | None:
    """The media server's publisher that holds a channel, or None."""
    channel = channels.find(channel_id)
    holder = channel.lease.holder if channel is not None else None
    return publications.find(holder.node_id) if holder is not None and dialect_of(holder.node_id) is not None else None


def channel_named(name: str) -> str | None:
    """The channel that a path's last part names: its public id, or a stream key, which is never repeated anywhere."""
    if rules.is_well_formed(name):
        key = keys.find(rules.hash_key(name))
        return key.channel_id if key is not None else None
    return name if is_channel_id(name) else None


def check_watchable(channel_id: str) -> None:
    """May anybody play this channel from the server? Raises ChannelNotFound, also for a private channel and a test."""
    channel = channels.get(channel_id) if is_channel_id(channel_id) else None
    if channel is None or channel.test or channel.visibility is Visibility.PRIVATE:
        raise ChannelNotFound()


# --- what servers report ---------------------------------------------------------------------------------------------


def confirm(publication: Publication, now: int, measured: Measured | None = None) -> Publication:
    """A sign of life: the session is renewed, the stream LIVE; a claim that ran out is made again.

    `measured` is what its server knows of its media, kept if it is given.

    The session never outlasts the key. Raises StreamNotFound for a connection that is not known (it left),
    BroadcastEnded where an order has ended it, PublishRefused where its key is no longer good or another publisher has
    the channel: the server is to let it go.
    """
    key = keys.find(publication.key_hash)
    until = _within_life_of(key, now + SESSION_TTL[publication.dialect])
    renewed = publications.renew(replace(publication, seen_at=now), until)
    if renewed is None:
        raise StreamNotFound()
    hold = _hold(renewed)
    key = _may_go_on(renewed, hold, key, now)
    if hold is None:
        hold = _claim_again(renewed, key, now)
    _go_live(hold, renewed, now, measured, publication.seen_at)
    return renewed


def extend(publication: Publication, until: int, now: int) -> None:
    """Extends the session while its server cannot be asked, unless an order or its key has ended the stream."""
    key = keys.find(publication.key_hash)
    try:
        _may_go_on(publication, _hold(publication), key, now)
    except (BroadcastEnded, PublishRefused):
        return
    if publication.expires_at < (believed := _within_life_of(key, until)):
        publications.renew(publication, believed)


def leave(publication: Publication, now: int) -> None:
    """The publisher has gone: its stream ends, for the reason of the order that made it go if there is one."""
    end(publication, _order(publication, _hold(publication)) or EndReason.UNPUBLISHED, now)


def end(publication: Publication, reason: EndReason, now: int) -> None:
    """The stream ends if this publisher still holds its channel; it is forgotten in any case."""
    hold = _hold(publication)
    if hold is not None:
        _finish(hold, publication, reason, now)
    publications.remove(publication)


# --- steps -----------------------------------------------------------------------------------------------------------


def _hold(publication: Publication) -> StreamHold | None:
    """The stream that this very publisher holds, or None."""
    channel = channels.find(publication.channel_id)
    if channel is None or channel.lease.holder != publication.holder or channel.stream_id is None:
        return None
    return StreamHold.stored(channel, streams.get(channel.stream_id), publication.holder)


def _order(publication: Publication, hold: StreamHold | None) -> EndReason | None:
    """The reason of an order to end what this publisher sends. Of an earlier stream of the connection it is void."""
    for order in publication.orders:
        if order.reason is not None and (hold is None or hold.grant.stream_id == order.stream_id):
            return order.reason
    return None


def _may_go_on(publication: Publication, hold: StreamHold | None, key: StreamKey | None, now: int) -> StreamKey:
    """Its key. Ends it for an order, or where the key is no longer good: raises BroadcastEnded, PublishRefused."""
    order = _order(publication, hold)
    if order is not None:
        end(publication, order, now)
        raise BroadcastEnded()
    refusal = rules.refusal(key, now)  # a one-time key that this very publisher used up is no reason
    if key is None or refusal is not None:
        end(publication, _end_of_key(key), now)
        raise refusal or KeyUnknown()
    return key


def _end_of_key(key: StreamKey | None) -> EndReason:
    """Why a stream ends whose key is no longer good. A sign of life may come between a reset and its order."""
    if key is None or key.status is not KeyStatus.ACTIVE:
        return EndReason.KEY_RESET if key is not None and key.replaced_by is not None else EndReason.KEY_REVOKED
    return EndReason.KEY_EXPIRED


def _within_life_of(key: StreamKey | None, until: int) -> int:
    """The session never outlasts the key."""
    return until if key is None or key.expires_at is None else min(until, key.expires_at)


def _claim_again(publication: Publication, key: StreamKey, now: int) -> StreamHold:
    """Its claim ran out while its hooks were lost. Raises PublishRefused if somebody else has the channel."""
    try:
        grant = admission.claim(
            key, publication.holder, publication.client_ip, now, publication=publication, test=publication.test
        )
    except StoreUnavailable:
        raise
    except PublishRefused as refusal:
        publications.remove(publication)
        refusals.record(refusal, server_of(publication.node_id) or "", publication.client_ip, now)
        raise
    hold = _hold(publication)
    return hold if hold is not None else StreamHold(grant)


def _go_live(hold: StreamHold, publication: Publication, now: int, measured: Measured | None, before: int) -> None:
    """`before`: when it was seen the last time (ms)."""
    created = hold.created(now, publication.client_ip)
    began = hold.state is not StreamState.LIVE
    try:
        started = hold.media(now, measured.facts if measured is not None else StreamFacts()) if began else None
        if measured is not None:
            known = streams.set_measures(hold.grant.stream_id, hold.grant.fence, measured.facts, measured.bytes_in)
            charts.received(hold.grant.stream_id, before, now, measured.bytes_in - known)
    except LeaseLost:
        return  # another hook, or the reaper, ended it between our two looks: the next sign of life sees that
    if not began:
        return
    lifecycle.announce([created, *([started] if started is not None else [])])


def _finish(hold: StreamHold, publication: Publication, reason: EndReason, now: int) -> None:
    stream = streams.get(hold.grant.stream_id)
    try:
        ended = hold.end(reason, now, stream.bytes_in, counted=charts.counted(stream, publication.seen_at))
    except LeaseLost:
        return
    if ended is None:
        return
    lifecycle.announce([ended])
    record = ConnectionRecord(
        node_id=publication.node_id,
        client_ip=publication.client_ip,
        reason=reason.value,
        key_id=publication.key_id,
        channel_id=publication.channel_id,
        stream_id=hold.grant.stream_id,
        started_at=iso(publication.since),
        duration_s=round((now - publication.since) / 1000, 3),
    )
    timeline.add(record.entry(hold.grant.stream_id, hold.next_seq(), now))
    logger("control").info("Audit record", event="audit_record", extra=record.facts)
