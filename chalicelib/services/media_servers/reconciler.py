"""Reconciles our state with MediaMTX's own list, so that a lost hook does no lasting harm.

    listed, and ours         confirmed: renewed, LIVE, claimed again if it had run out; ended and kicked if an order or
                             its key says so
    ours, but missing from   its `unpublish` was lost: ended. Two lists, because they come in pages: a path that goes
    two lists in a row       away between two pages can move another one across the boundary
    listed, and not ours     never admitted, or ended since: kicked (no stream without a valid key, ever)
    of a kind new to us      treated as a publisher like any other, and an error in the log: it may not be kicked
    of a private channel     its readers are turned away
    the API does not answer  the last known state is kept, up to `AWAY_LIMIT`, except where an order says otherwise

To find publishers that have ended, ours are read before the list is fetched; to find listed ones that are not ours,
each is looked up afterwards. So one that comes or goes meanwhile is neither ended nor kicked by mistake.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.config import settings
from chalicelib.domain.channels import is_channel_id
from chalicelib.domain.errors import BroadcastEnded, MediaServerUnavailable
from chalicelib.domain.mediamtx import Measured, Source
from chalicelib.domain.not_found import StreamNotFound
from chalicelib.domain.publications import AWAY_LIMIT, SESSION_TTL, Dialect, Publication
from chalicelib.domain.refusals import PublishRefused, StoreUnavailable
from chalicelib.observability import logger
from chalicelib.services.media_servers import mediamtx, publishers, readers
from chalicelib.services.media_servers.mediamtx import APPLICATION, MediaMtx
from chalicelib.services.media_servers.publishers import MediaServer


@dataclass(slots=True)
class Outcome:
    """What one pass did, for the log."""

    reachable: bool = True
    confirmed: int = 0
    ended: int = 0
    kicked: int = 0
    readers_kicked: int = 0
    unknown_kinds: int = 0


def reconcile_all(now: Callable[[], int]) -> None:
    """One pass over every configured MediaMTX."""
    for name, url in settings().mediamtx_servers.items():
        outcome = reconcile(name, MediaMtx(url), now)
        logger("control").info(
            "Compared with the media server",
            event="media_server_reconciled",
            server=name,
            reachable=outcome.reachable,
            confirmed=outcome.confirmed,
            ended=outcome.ended,
            kicked=outcome.kicked,
            readers_kicked=outcome.readers_kicked,
            unknown_kinds=outcome.unknown_kinds,
        )


def reconcile(name: str, control: MediaMtx, now: Callable[[], int]) -> Outcome:
    """One pass over one server. Raises StoreUnavailable."""
    server = MediaServer(Dialect.MEDIAMTX, name)
    known = publishers.of_server(server)
    try:
        listed = [path for path in control.live_paths() if path.name.startswith(APPLICATION)]
    except MediaServerUnavailable as error:
        logger("control").warning(
            "The media server does not respond", event="media_server_unavailable", server=name, detail=error.detail
        )
        _serve_as_last_seen(known, now())
        return Outcome(reachable=False)
    outcome = Outcome()
    seen: set[str] = set()
    for path in listed:
        if not path.source.is_known:
            logger("control").error(
                "The media server has a publisher of an unknown kind",
                event="publisher_kind_unknown",
                server=name,
                kind=path.source.type,
            )
            outcome.unknown_kinds += 1
        publication = publisher_at(server, path.name, path.source)
        if publication is not None:
            seen.add(publication.node_id)
        if publication is not None and _stays(publication, now(), path.measured):
            outcome.confirmed += 1
            outcome.readers_kicked += readers.kick_if_private(control, path, publication.channel_id)
        else:
            outcome.kicked += _kick(control, path.source)
    # Admitted but not ready yet is not a lost `unpublish`: such a publisher has until its first session expires.
    begun = [publication for publication in known if publication.seen_at or publication.expires_at < now()]
    for publication in _still_missing([one for one in begun if one.node_id not in seen], control):
        publishers.leave(publication, now())
        outcome.ended += 1
    return outcome


def _still_missing(missing: list[Publication], control: MediaMtx) -> list[Publication]:
    """Those that are missing from a second list too; none if it cannot be fetched."""
    try:
        there = {path.source.id for path in control.live_paths()} if missing else set()
    except MediaServerUnavailable:
        return []
    return [one for one in missing if one.connection_id not in there and one.source_id not in there]


def publisher_at(server: MediaServer, path: str, source: Source, *, adopt: bool = True) -> Publication | None:
    """The admitted publisher that this source belongs to, with the source noted; None if there is none.

    MediaMTX asks for RTSP publishers under the id of the connection and lists them under that of the session: with
    `adopt`, the first source on the path of a publisher that has none yet is taken for its own.
    """
    publication = publishers.find(server, source.id)
    if publication is None:
        publication = _publisher_on(server, path, adopt=adopt)
        known = publication.source_id if publication is not None else None
        if publication is None or not (known == source.id or (adopt and known is None)):
            return None
    return replace(publication, source_type=source.type, source_id=source.id)


def _publisher_on(server: MediaServer, path: str, *, adopt: bool) -> Publication | None:
    """The server's publisher that holds the channel a path names; else, to adopt, one that presented a key for it."""
    channel_id = publishers.channel_named(path.removeprefix(APPLICATION))
    if channel_id is None:
        return None
    publication = publishers.publisher_of(channel_id)
    if publication is not None and publication.server_id == server.where:
        return publication
    return publishers.introduced(server, channel_id) if adopt else None


def follow_orders(node_id: str, now: int) -> None:
    """Stops a media server's publisher as ordered: ends its stream at once, whatever its server says, and kicks it.

    nginx-rtmp disconnects it after its next update, which we refuse. If MediaMTX does not answer, the next pass kicks
    it, as it is no longer among ours. We cannot make SRS and OvenMediaEngine disconnect it.
    """
    publication = publishers.known(node_id)
    if publication is None or not publication.orders:
        return
    publishers.leave(publication, now)
    control = mediamtx.control_of(publication.server) if publication.dialect is Dialect.MEDIAMTX else None
    if control is not None and publication.source_type and publication.source_id:
        _kick(control, Source(publication.source_type, publication.source_id))


def ready(name: str, path: str, source: Source, now: int) -> None:
    """MediaMTX says that a path is ready. A publisher that may not go on is kicked; its refusal is raised."""
    server, control = MediaServer(Dialect.MEDIAMTX, name), mediamtx.control_of(name)
    try:
        publication = publisher_at(server, path, source)
        if publication is None:
            raise StreamNotFound()
        publishers.confirm(publication, now, _measured(control, path))
    except StoreUnavailable:
        raise
    except (PublishRefused, BroadcastEnded, StreamNotFound):
        if control is not None:
            _kick(control, source)
        raise


def not_ready(name: str, path: str, source: Source, now: int) -> None:
    """MediaMTX says that a path is no longer ready. Ignored unless the source is the current publisher."""
    publication = publisher_at(MediaServer(Dialect.MEDIAMTX, name), path, source, adopt=False)
    if publication is not None:
        publishers.leave(publication, now)


def _measured(control: MediaMtx | None, path: str) -> Measured | None:
    """What the server knows of a path's media by now. A path named by a key is never put into a URL."""
    if control is None or not is_channel_id(path.removeprefix(APPLICATION)):
        return None
    try:
        live = control.live_path(path)
    except MediaServerUnavailable as error:
        logger("control").warning("The publisher's media is not known yet", event="media_unknown", detail=error.detail)
        return None
    return live.measured if live is not None else None


def _stays(publication: Publication, now: int, measured: Measured) -> bool:
    try:
        publishers.confirm(publication, now, measured)
    except StoreUnavailable:
        raise
    except (PublishRefused, BroadcastEnded, StreamNotFound) as refusal:
        logger("control").warning(
            "Publisher no longer allowed", event="publisher_dropped", node_id=publication.node_id, code=refusal.code
        )
        return False
    return True


def _kick(control: MediaMtx, source: Source) -> int:
    try:
        control.kick(source)
    except MediaServerUnavailable as error:
        logger("control").warning(
            "A publisher was not disconnected", event="publisher_not_kicked", source=source.id, detail=error.detail
        )
        return 0
    return 1


def _serve_as_last_seen(known: list[Publication], now: int) -> None:
    """Until `AWAY_LIMIT` after it was last seen; orders, and keys that are good no longer, end it before."""
    for publication in known:
        until = min(now + SESSION_TTL[Dialect.MEDIAMTX], publication.seen_at + AWAY_LIMIT)
        publishers.extend(publication, until, now)
