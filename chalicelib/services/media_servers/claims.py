"""Decides whether a media server's connection may publish, by the same keys and leases as our own ingest.

    admit      the key is good, the channel is claimed                        CONNECTING
    publish    the same, for servers that ask when publishing begins          LIVE
    introduce  asked before there is a connection: answered, nothing claimed

A holder on MediaMTX may have lost its connection, after a crash or because it left before it sent. So its server is
asked before a newcomer is refused; if the server does not answer, the holder keeps the channel.
"""

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.publications import READY_WITHIN, SESSION_TTL, Dialect, Publication
from chalicelib.domain.refusals import KeyInUse, KeyUnknown, PublishRefused
from chalicelib.observability import logger
from chalicelib.services.media_servers import mediamtx, publishers, refusals
from chalicelib.services.media_servers.publishers import MediaServer
from chalicelib.services.streams import admission, key_terms
from chalicelib.store import publications


def admit(
    server: MediaServer,
    connection_id: str,
    stream_key: str,
    client_ip: str | None,
    now: int,
    *,
    channel_id: str | None = None,
    protocol: str | None = None,
    test: bool = False,
) -> Publication:
    """May this connection publish? Claims the channel for it. Raises PublishRefused, which its dashboard then shows.

    `channel_id` is the channel that the connection names, if it names one: the key must be that channel's. `test`: it
    asks for a test stream. MediaMTX gets `READY_WITHIN` to report the stream; the others have begun by asking.
    """
    try:
        key = _authenticate(stream_key, channel_id, now)
        publication = _publication(server, connection_id, key, client_ip, now, protocol, test=test)
        try:
            admission.claim(key, publication.holder, client_ip, now, publication=publication, test=test)
        except KeyInUse:
            if not _holder_has_gone(key.channel_id, now):
                raise
            admission.claim(key, publication.holder, client_ip, now, publication=publication, test=test)
    except PublishRefused as refusal:
        refusals.record(refusal, server.where, client_ip, now)
        raise
    logger("control").info(
        "Publisher accepted",
        event="publisher_accepted",
        key_id=key.key_id,
        channel_id=key.channel_id,
        node_id=publication.node_id,
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
    test: bool = False,
) -> Publication:
    """The same for servers whose question is the beginning: the stream is LIVE. Raises PublishRefused."""
    publication = admit(server, connection_id, stream_key, client_ip, now, channel_id=channel_id, test=test)
    return publishers.confirm(publication, now)


def introduce(
    server: MediaServer,
    stream_key: str,
    client_ip: str | None,
    now: int,
    *,
    channel_id: str | None = None,
    asks_again: bool,
    test: bool = False,
) -> None:
    """Would this client be let in? Claims nothing, for there is no connection yet. Raises PublishRefused.

    Unless its server `asks_again` for the connection, the key is kept under the channel's id: the next publisher
    that is ready on the channel's path claims with it, see `publishers.introduced`.
    """
    try:
        key = _authenticate(stream_key, channel_id, now)
        key_terms.check_place(key, client_ip)
    except PublishRefused as refusal:
        refusals.record(refusal, server.where, client_ip, now)
        raise
    if not asks_again:
        publications.note(_publication(server, key.channel_id, key, client_ip, now, None, test=test))


def _authenticate(stream_key: str, channel_id: str | None, now: int) -> StreamKey:
    key = admission.authenticate(stream_key, now)
    if channel_id not in (None, key.channel_id):
        raise KeyUnknown()
    return key


def _publication(
    server: MediaServer,
    connection_id: str,
    key: StreamKey,
    client_ip: str | None,
    now: int,
    protocol: str | None,
    *,
    test: bool,
) -> Publication:
    life = READY_WITHIN if server.dialect is Dialect.MEDIAMTX else SESSION_TTL[server.dialect]
    return Publication(
        dialect=server.dialect,
        server=server.name,
        connection_id=connection_id,
        channel_id=key.channel_id,
        key_id=key.key_id,
        key_hash=key.key_hash,
        since=now,
        expires_at=now + life,
        client_ip=client_ip,
        protocol=protocol,
        test=test,
    )


def _holder_has_gone(channel_id: str, now: int) -> bool:
    """Whether the channel's holder was on a MediaMTX server that no longer has its connection."""
    holder = publishers.publisher_of(channel_id)
    return holder is not None and _end_if_gone(holder, now)


def look_for(node_id: str, now: int) -> None:
    """Ends the publisher that one of our nodes refused another for, if its server no longer has it."""
    publication = publishers.known(node_id)
    if publication is not None:
        _end_if_gone(publication, now)


def _end_if_gone(holder: Publication, now: int) -> bool:
    if holder.dialect is not Dialect.MEDIAMTX:
        return False
    control = mediamtx.control_of(holder.server)
    if control is None or not control.are_gone(holder.connections):
        return False
    logger("control").info(
        "The media server no longer has the publisher",
        event="publisher_gone",
        node_id=holder.node_id,
        channel_id=holder.channel_id,
    )
    publishers.leave(holder, now)
    return True
