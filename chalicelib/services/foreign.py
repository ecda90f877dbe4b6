"""Publishers of foreign media servers, by the same admission as our own ingest.

    admit     the key is good, the channel is claimed       CONNECTING
    confirm   the server says, or lists, that it publishes  LIVE, its session renewed
    leave     the server says that it has gone              ENDED
    end       an order, or its key is no longer good        ENDED

Hooks come twice, late, in any order, or never. Each is bound to the server's connection id: what is said of a
connection that does not hold the channel changes nothing. A connection whose claim ran out, because its hooks were
lost, claims again with the key that it showed; one that left, or never showed a key, does not.
"""

import secrets
from dataclasses import dataclass, replace

from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Visibility, is_channel_id
from chalicelib.domain.errors import BroadcastEnded, ChannelNotFound, LeaseLost, StreamNotFound
from chalicelib.domain.events import EventName, StreamFacts, StreamStateChange
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.publications import READY_WITHIN, SESSION_TTL, Dialect, Publication, dialect_of, node_id_of
from chalicelib.domain.refusals import KeyUnknown, PublishRefused, StoreUnavailable
from chalicelib.domain.streams import EndReason, StreamState
from chalicelib.domain.timeline import Entry, refused_at
from chalicelib.observability import logger
from chalicelib.services import admission, lifecycle, news
from chalicelib.services.lifecycle import StreamHold
from chalicelib.store import channels, keys, publications, streams, timeline

_RANDOM_BITS = 12  # below a refusal's millisecond; the number stays under 2**53
_REASONS: dict[str, EndReason] = {reason.value: reason for reason in EndReason}


@dataclass(frozen=True, slots=True)
class MediaServer:
    """One foreign server. `name` is the operator's and tells several of one dialect apart."""

    dialect: Dialect
    name: str

    def node_id(self, connection_id: str) -> str:
        return node_id_of(self.dialect, self.name, connection_id)


# --- what servers ask ------------------------------------------------------------------------------------------------


def admit(
    server: MediaServer,
    connection_id: str,
    stream_key: str,
    client_ip: str | None,
    now: int,
    *,
    channel_id: str | None = None,
) -> Publication:
    """May this connection publish? Claims the channel for it. Raises PublishRefused, which its dashboard then shows.

    `channel_id` is the channel that the connection names, if it names one: the key must be that channel's. MediaMTX
    gets `READY_WITHIN` to report the stream; the others have begun by asking.
    """
    try:
        key = admission.authenticate(stream_key, now)
        if channel_id not in (None, key.channel_id):
            raise KeyUnknown()
        life = READY_WITHIN if server.dialect is Dialect.MEDIAMTX else SESSION_TTL[server.dialect]
        publication = Publication(
            dialect=server.dialect,
            server=server.name,
            connection_id=connection_id,
            channel_id=key.channel_id,
            key_id=key.key_id,
            key_hash=key.key_hash,
            since=now,
            expires_at=now + life,
            client_ip=client_ip,
        )
        admission.claim(key, publication.holder, client_ip, now, publication=publication)
    except PublishRefused as refusal:
        _refused(refusal, server, client_ip, now)
        raise
    logger("control").info(
        "publisher accepted", key_id=key.key_id, channel_id=key.channel_id, node_id=publication.node_id
    )
    return publication


def publish(
    server: MediaServer,
    connection_id: str,
    stream_key: str,
    client_ip: str | None,
    now: int,
    *,
    channel_id: str | None = None,
) -> Publication:
    """The same for servers whose question is the beginning: the stream is LIVE. Raises PublishRefused."""
    publication = admit(server, connection_id, stream_key, client_ip, now, channel_id=channel_id)
    return confirm(publication, now)


def find(server: MediaServer, connection_id: str) -> Publication | None:
    return publications.find(server.node_id(connection_id))


def known(node_id: str) -> Publication | None:
    """A foreign publisher by the id that leases and orders know it by."""
    return publications.find(node_id)


def of_server(server: MediaServer) -> list[Publication]:
    """Every publisher of the server that has not left."""
    return publications.of_server(server.dialect, server.name)


def publisher_of(channel_id: str) -> Publication | None:
    """The foreign publisher that holds a channel, or None."""
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
    """May anybody play this channel from the server? Raises ChannelNotFound, for a private channel as well."""
    if not is_channel_id(channel_id) or channels.get(channel_id).visibility is Visibility.PRIVATE:
        raise ChannelNotFound()


# --- what servers tell -----------------------------------------------------------------------------------------------


def confirm(publication: Publication, now: int) -> Publication:
    """A sign of life: the session is renewed, the stream LIVE; a claim that ran out is made again.

    The session never outlasts the key. Raises StreamNotFound for a connection that is not known (it left),
    BroadcastEnded where an order has ended it, PublishRefused where its key is no longer good or another publisher has
    the channel: the server is to let it go.
    """
    key = keys.find(publication.key_hash)
    until = now + SESSION_TTL[publication.dialect]
    if key is not None and key.expires_at is not None:
        until = min(until, key.expires_at)
    renewed = publications.renew(replace(publication, seen_at=now), until)
    if renewed is None:
        raise StreamNotFound()
    hold = _hold(renewed)
    order = _order(renewed, hold)
    if order is not None:
        end(renewed, order, now)
        raise BroadcastEnded()
    refusal = rules.refusal(key, now)  # a one-time key that this very publisher used up is no reason
    if key is None or refusal is not None:
        revoked = key is None or key.status is not KeyStatus.ACTIVE
        end(renewed, EndReason.KEY_REVOKED if revoked else EndReason.KEY_EXPIRED, now)
        raise refusal or KeyUnknown()
    if hold is None:
        hold = _claim_again(renewed, key, now)
    _go_live(hold, renewed, now)
    return renewed


def extend(publication: Publication, until: int) -> None:
    """It is believed until then though its server says nothing: the server cannot be asked."""
    publications.renew(publication, until)


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
    for raw in publication.orders:
        stream_id, _, reason = raw.partition(" ")
        if hold is None or hold.grant.stream_id == stream_id:
            return _REASONS.get(reason, EndReason.STOPPED)
    return None


def _claim_again(publication: Publication, key: StreamKey, now: int) -> StreamHold:
    """Its claim ran out while its hooks were lost. Raises PublishRefused if somebody else has the channel."""
    try:
        grant = admission.claim(key, publication.holder, publication.client_ip, now, publication=publication)
    except StoreUnavailable:
        raise
    except PublishRefused as refusal:
        publications.remove(publication)
        _refused(refusal, MediaServer(publication.dialect, publication.server), publication.client_ip, now)
        raise
    hold = _hold(publication)
    return hold if hold is not None else StreamHold(grant)


def _go_live(hold: StreamHold, publication: Publication, now: int) -> None:
    if hold.state is StreamState.LIVE:
        return
    created = hold.created(now, publication.client_ip)
    try:
        started = hold.media(now, StreamFacts())
    except LeaseLost:
        return  # another hook, or the reaper, ended it between our two looks: the next sign of life sees that
    lifecycle.announce([created, *([started] if started is not None else [])])


def _finish(hold: StreamHold, publication: Publication, reason: EndReason, now: int) -> None:
    stream = streams.get(hold.grant.stream_id)
    try:
        ended = hold.end(reason, now, stream.bytes_in)
    except LeaseLost:
        return
    if ended is None:
        return
    lifecycle.announce([ended])
    record = {
        "node_id": publication.node_id,
        "client_ip": publication.client_ip,
        "key_id": publication.key_id,
        "started_at": publication.since,
        "duration_s": round((now - publication.since) / 1000, 3),
        "reason": reason.value,
    }
    timeline.add(Entry(hold.grant.stream_id, hold.next_seq(), now, "connection", record))
    logger("control").info("connection", extra={"stream_id": hold.grant.stream_id, **record})


def _refused(refusal: PublishRefused, server: MediaServer, client_ip: str | None, now: int) -> None:
    """Logged, recorded, shown on the dashboard of the channel whose key it was. Never in the way of the answer."""
    where = f"{server.dialect}:{server.name}"
    logger("control").warning(
        "publisher refused", code=refusal.code, key_id=refusal.key_id, client_ip=client_ip, node_id=where
    )
    seq = (now << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    if refusal.channel_id is not None:
        news.publish(
            [
                StreamStateChange(
                    event_name=EventName.STREAM_REFUSED,
                    channel_id=refusal.channel_id,
                    key_id=refusal.key_id,
                    node_id=where,
                    seq=seq,
                    at=now,
                    reason=refusal.code,
                    detail=refusal.detail,
                    action=refusal.action,
                    client_ip=client_ip,
                )
            ]
        )
    record = {"node_id": where, "client_ip": client_ip, "key_id": refusal.key_id, "reason": refusal.code}
    try:
        timeline.add(Entry(refused_at(where), seq, now, "connection", record))
    except StoreUnavailable:
        logger("control").warning("an audit record was lost: the database cannot be reached")
