"""Readers on MediaMTX: let in one by one, and closed when the channel that they read turns private.

MediaMTX asks us once, when a reader comes. What its HLS muxer serves without sessions (before 1.20) it asks about with
every request, so nothing has to be closed there.
"""

from chalicelib.domain.channels import Channel, Visibility
from chalicelib.domain.errors import MediaServerUnavailable
from chalicelib.domain.events import ChannelHidden
from chalicelib.domain.mediamtx import WITHOUT_CONNECTION
from chalicelib.domain.publications import Dialect
from chalicelib.observability import logger
from chalicelib.services import bus
from chalicelib.services.media_servers import mediamtx, publishers
from chalicelib.services.media_servers.mediamtx import APPLICATION, LivePath, MediaMtx
from chalicelib.store import channels


def visibility_set(channel: Channel, now: int) -> None:
    """Its owner set it: who may not read a private channel any more is closed outside the owner's request."""
    if channel.visibility is Visibility.PRIVATE:
        bus.publish([ChannelHidden(channel_id=channel.channel_id, at=now)])


def kick(channel_id: str) -> int:
    """Closes every reader of a channel if it is private now; answers how many. The next comparison tries again."""
    publication = publishers.publisher_of(channel_id)
    if publication is None or publication.dialect is not Dialect.MEDIAMTX:
        return 0
    control = mediamtx.control_of(publication.server)
    if control is None:
        return 0
    try:
        path = control.live_path(f"{APPLICATION}{channel_id}")
    except MediaServerUnavailable as error:
        logger("control").warning(
            "Readers were not disconnected", event="readers_not_kicked", channel_id=channel_id, detail=error.detail
        )
        return 0
    return kick_if_private(control, path, channel_id) if path is not None else 0


def kick_if_private(control: MediaMtx, path: LivePath, channel_id: str) -> int:
    """Closes the readers of one path that was listed; answers how many."""
    connected = [reader for reader in path.readers if reader.type not in WITHOUT_CONNECTION]
    channel = channels.find(channel_id) if connected else None
    if channel is None or channel.visibility is not Visibility.PRIVATE:
        return 0
    kicked = 0
    for reader in connected:
        try:
            control.kick(reader)
            kicked += 1
        except MediaServerUnavailable as error:
            logger("control").warning(
                "A reader was not disconnected",
                event="reader_not_kicked",
                channel_id=channel_id,
                kind=reader.type,
                detail=error.detail,
            )
    return kicked
