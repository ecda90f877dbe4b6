"""Why a publisher may not go live: the branch of the error tree that encoders see.

PublishRefused                   NetStream.Publish.Denied unless said otherwise
|-- KeyUnknown, KeyRevoked, KeyExpired, KeyUsedUp, KeyNotYetValid     401
|-- KeyMissing, KeyMalformed 401
|-- KeyNotAllowedHere, BroadcasterBlocked, ChannelClosed     403
|-- KeyInUse, TakeoversLimited  409  NetStream.Publish.BadName
|-- WrongApplication         404
|-- StartsLimited            429  NetStream.Publish.Rejected
|-- AtCapacity, NodeDraining 503  NetStream.Publish.Rejected
`-- StoreUnavailable         503  NetStream.Publish.Rejected; the database cannot be reached
"""

from typing import ClassVar

from chalicelib.domain.errors import StreamSyncError


class PublishRefused(StreamSyncError):
    """A publisher may not go live. Encoders treat `rtmp_code` as final.

    For these codes OBS shows its "could not access the channel or stream key" dialog and stops; the description appears
    in its log, and on the console of ffmpeg and GStreamer.
    """

    http_status = 401
    rtmp_code: ClassVar[str] = "NetStream.Publish.Denied"
    rtmp_prefix: ClassVar[str] = "Unauthorized"

    def __init__(
        self,
        detail: str | None = None,
        *,
        channel_id: str | None = None,
        key_id: str | None = None,
        key_label: str | None = None,
    ) -> None:
        super().__init__(detail)
        # Set if the key is known: the channel's dashboard shows the reason.
        self.channel_id = channel_id
        self.key_id = key_id
        self.key_label = key_label

    @property
    def further_detail(self) -> str | None:
        """What it says beyond its kind's title."""
        return self.detail if self.detail != self.title else None

    def concerns(self, channel_id: str, key_id: str, key_label: str) -> None:
        """Whose publisher was refused."""
        self.channel_id, self.key_id, self.key_label = channel_id, key_id, key_label

    @property
    def rtmp_description(self) -> str:
        """One line for the encoder's own log, e.g. `Unauthorized: the stream key has expired. ...`"""
        return f"{self.rtmp_prefix}: {self.detail}. {self.action}"


class KeyUnknown(PublishRefused):
    """Also for a malformed key: somebody who guesses must not be able to tell the two apart."""

    code = "key_unknown"
    title = "The stream key is not known"
    action = "Copy the stream key from the studio again."


class KeyMissing(PublishRefused):
    code = "key_missing"
    title = "The encoder sent no stream key"
    action = "Copy the stream key from the studio into the encoder's stream key field."


class KeyMalformed(PublishRefused):
    """The field contains more than a key, and it is not clear which part is the key."""

    code = "key_malformed"
    title = "The encoder's stream key field contains more than the stream key"
    action = "Put only the stream key there, and the server URL into the server field, as the studio shows them."


class KeyRevoked(PublishRefused):
    code = "key_revoked"
    title = "The stream key was reset or revoked"
    action = "Copy the new stream key from the studio."


class KeyExpired(PublishRefused):
    code = "key_expired"
    title = "The stream key has expired"
    action = "Get a new stream key from the studio."


class KeyNotYetValid(PublishRefused):
    code = "key_not_yet_valid"
    title = "The stream key is not valid yet"
    action = "Start streaming once the key is valid."


class KeyUsedUp(PublishRefused):
    code = "key_used_up"
    title = "The stream key has been used for as many streams as it was valid for"
    action = "Get a new stream key."


class KeyNotAllowedHere(PublishRefused):
    code = "key_not_allowed_here"
    http_status = 403
    title = "The stream key cannot be used from this network address"
    action = "Stream from a network on the key's allow list, or use another key."


class BroadcasterBlocked(PublishRefused):
    """Also the response to a blocked person's own requests to the API."""

    code = "broadcaster_blocked"
    http_status = 403
    title = "This broadcaster is blocked"
    action = "Contact the operators of this service."


class ChannelClosed(PublishRefused):
    """See `domain.closures`. The detail says who ended the stream."""

    code = "channel_closed"
    http_status = 403
    title = "The stream was ended, and the channel accepts no encoder for now"
    action = 'Choose "Allow again" in the studio, or stop the encoder for 20 minutes.'


class KeyInUse(PublishRefused):
    code = "key_in_use"
    http_status = 409
    title = "The channel is already live from another connection"
    action = "Stop the other stream, or reset the stream key if it is not yours."
    rtmp_code = "NetStream.Publish.BadName"
    rtmp_prefix = "Stream already exists"


class TakeoversLimited(KeyInUse):
    """See `domain.takeovers`."""

    code = "takeovers_limited"
    title = "Encoders have taken over from each other too often on this channel"
    action = "Stop the other encoder, or try again in a minute."


class WrongApplication(PublishRefused):
    code = "wrong_application"
    http_status = 404
    title = "The server URL does not name a known application"
    action = "Use the server URL exactly as the studio shows it."
    rtmp_prefix = "Not found"


class StartsLimited(PublishRefused):
    """Starts, not reconnects: see `domain.starts`."""

    code = "starts_limited"
    http_status = 429
    title = "Too many streams were started on this channel"
    action = "Wait for that long, then start streaming again."
    rtmp_code = "NetStream.Publish.Rejected"
    rtmp_prefix = "Too Many Requests"

    def __init__(
        self, retry_after_s: int | None = None, *, channel_id: str | None = None, key_id: str | None = None
    ) -> None:
        detail = None if retry_after_s is None else f"{self.title}: the next one can start in {retry_after_s} s"
        super().__init__(detail, channel_id=channel_id, key_id=key_id)
        self.retry_after_s = retry_after_s


class AtCapacity(PublishRefused):
    code = "at_capacity"
    http_status = 503
    title = "The ingest servers are at capacity"
    action = "Try again in a minute."
    rtmp_code = "NetStream.Publish.Rejected"
    rtmp_prefix = "Service Unavailable"


class NodeDraining(AtCapacity):
    code = "node_draining"
    title = "This ingest server accepts no new streams: it is being taken out of service"
    action = "Try again in a minute. If it happens again, contact the operators of this service."


class StoreUnavailable(PublishRefused):
    """The database cannot be reached: new publishers are refused, running streams continue."""

    code = "store_unavailable"
    http_status = 503
    title = "The service cannot reach its database"
    action = "Try again in a moment. Running streams continue."
    rtmp_code = "NetStream.Publish.Rejected"
    rtmp_prefix = "Service Unavailable"


def every_refusal() -> list[type[PublishRefused]]:
    """One class for each code with which a publisher may be refused, sorted by code."""
    found: dict[str, type[PublishRefused]] = {}
    ahead: list[type[PublishRefused]] = [PublishRefused]
    while ahead:
        leaf = ahead.pop()
        ahead += leaf.__subclasses__()
        if "code" in vars(leaf):
            found[leaf.code] = leaf
    return [found[code] for code in sorted(found)]
