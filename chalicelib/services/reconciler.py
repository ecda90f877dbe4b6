"""Brings our state and MediaMTX's own list together: a hook that was lost does no lasting harm.

    listed, and ours         confirmed: renewed, LIVE, claimed again if it had run out; ended and kicked if an order or
                             its key says so
    ours, and twice not      its `unpublish` was lost: ended. Twice, for the list comes in pages, and whoever goes
    listed                   between two of them moves another one past their border
    listed, and not ours     never let in, or let in and ended since: kicked (no stream without a valid key, ever)
    the API does not answer  what was seen last goes on being served, up to `AWAY_LIMIT`

Publishers are read before the list for what has ended, and looked at one by one after it for what is foreign: whoever
comes or goes meanwhile is in neither answer wrongly.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.config import settings
from chalicelib.domain.errors import BroadcastEnded, MediaServerUnavailable, StreamNotFound
from chalicelib.domain.publications import AWAY_LIMIT, SESSION_TTL, Dialect, Publication
from chalicelib.domain.refusals import PublishRefused, StoreUnavailable
from chalicelib.observability import logger
from chalicelib.services import foreign
from chalicelib.services.foreign import MediaServer
from chalicelib.services.mediamtx import MediaMtx, Source

APPLICATION = "live/"  # what broadcasters publish under; other paths are the operator's


@dataclass(slots=True)
class Outcome:
    """What one pass did, for the log."""

    reachable: bool = True
    confirmed: int = 0
    ended: int = 0
    kicked: int = 0


def control_of(server: str) -> MediaMtx | None:
    """The control API of a server by its name; None if none is configured."""
    url = settings().mediamtx_servers.get(server)
    return MediaMtx(url) if url is not None else None


def reconcile_all(now: Callable[[], int]) -> None:
    """One pass over every configured MediaMTX."""
    for name, url in settings().mediamtx_servers.items():
        outcome = reconcile(name, MediaMtx(url), now)
        logger("control").info(
            "reconciled",
            server=name,
            reachable=outcome.reachable,
            confirmed=outcome.confirmed,
            ended=outcome.ended,
            kicked=outcome.kicked,
        )


def reconcile(name: str, control: MediaMtx, now: Callable[[], int]) -> Outcome:
    """One pass over one server. Raises StoreUnavailable."""
    server = MediaServer(Dialect.MEDIAMTX, name)
    known = foreign.of_server(server)
    try:
        listed = [path for path in control.live_paths() if path.name.startswith(APPLICATION)]
    except MediaServerUnavailable as error:
        logger("control").warning("media server does not answer", server=name, detail=error.detail)
        _serve_as_last_seen(known, now())
        return Outcome(reachable=False)
    outcome = Outcome()
    seen: set[str] = set()
    for path in listed:
        publication = publisher_at(server, path.name, path.source)
        if publication is not None:
            seen.add(publication.node_id)
        if publication is not None and _stays(publication, now()):
            outcome.confirmed += 1
        else:
            outcome.kicked += _kick(control, path.source)
    # One that was let in and is not ready yet is no lost `unpublish`: it has as long as its first session.
    begun = [publication for publication in known if publication.seen_at or publication.expires_at < now()]
    for publication in _still_missing([one for one in begun if one.node_id not in seen], control):
        foreign.leave(publication, now())
        outcome.ended += 1
    return outcome


def _still_missing(missing: list[Publication], control: MediaMtx) -> list[Publication]:
    """Those that a second look does not find either; none if there is no second look to be had."""
    try:
        there = {path.source.id for path in control.live_paths()} if missing else set()
    except MediaServerUnavailable:
        return []
    return [one for one in missing if one.connection_id not in there and one.source_id not in there]


def publisher_at(server: MediaServer, path: str, source: Source, *, adopt: bool = True) -> Publication | None:
    """Who was let in and is this source, with the source noted; None if nobody was.

    MediaMTX asks for RTSP publishers under the id of the connection and lists them under that of the session: with
    `adopt`, the first source on the path of a publisher that has none yet is taken for its own.
    """
    publication = foreign.find(server, source.id)
    if publication is None:
        publication = _publisher_on(server, path)
        known = publication.source_id if publication is not None else None
        if publication is None or not (known == source.id or (adopt and known is None)):
            return None
    return replace(publication, source_type=source.type, source_id=source.id)


def _publisher_on(server: MediaServer, path: str) -> Publication | None:
    """The server's publisher that holds the channel that a path names."""
    channel_id = foreign.channel_named(path.removeprefix(APPLICATION))
    publication = foreign.publisher_of(channel_id) if channel_id is not None else None
    if publication is None or (publication.dialect, publication.server) != (server.dialect, server.name):
        return None
    return publication


def follow_orders(node_id: str, now: int) -> None:
    """A foreign publisher was ordered to go: at once where its server can be asked to kick, or cannot be asked at all.

    nginx-rtmp asks by itself, with its next update. Where MediaMTX does not answer, the next pass tries again.
    """
    publication = foreign.known(node_id)
    if publication is None or not publication.orders:
        return
    if publication.dialect is Dialect.MEDIAMTX:
        control = control_of(publication.server)
        if control is None or publication.source_type is None or publication.source_id is None:
            return
        try:
            control.kick(Source(publication.source_type, publication.source_id))
        except MediaServerUnavailable as error:
            logger("control").warning("publisher not kicked", node_id=node_id, detail=error.detail)
            return
    if publication.dialect is not Dialect.NGINX_RTMP:
        foreign.leave(publication, now)


def ready(name: str, path: str, source: Source, now: int) -> None:
    """MediaMTX says that a path is ready. A publisher that may not go on is kicked; its refusal is raised."""
    server = MediaServer(Dialect.MEDIAMTX, name)
    try:
        publication = publisher_at(server, path, source)
        if publication is None:
            raise StreamNotFound()
        foreign.confirm(publication, now)
    except StoreUnavailable:
        raise
    except (PublishRefused, BroadcastEnded, StreamNotFound):
        control = control_of(name)
        if control is not None:
            _kick(control, source)
        raise


def not_ready(name: str, path: str, source: Source, now: int) -> None:
    """MediaMTX says that a path is ready no more. Of a source that is not the present publisher it is no news."""
    publication = publisher_at(MediaServer(Dialect.MEDIAMTX, name), path, source, adopt=False)
    if publication is not None:
        foreign.leave(publication, now)


def _stays(publication: Publication, now: int) -> bool:
    try:
        foreign.confirm(publication, now)
    except StoreUnavailable:
        raise
    except (PublishRefused, BroadcastEnded, StreamNotFound) as refusal:
        logger("control").warning("publisher is let go", node_id=publication.node_id, code=refusal.code)
        return False
    return True


def _kick(control: MediaMtx, source: Source) -> int:
    try:
        control.kick(source)
    except MediaServerUnavailable as error:
        logger("control").warning("publisher not kicked", source=source.id, detail=error.detail)
        return 0
    return 1


def _serve_as_last_seen(known: list[Publication], now: int) -> None:
    for publication in known:
        if now - publication.seen_at < AWAY_LIMIT:
            foreign.extend(publication, now + SESSION_TTL[Dialect.MEDIAMTX])
