"""Publishers on media servers: how we identify them, and how long they stay live without a sign of life.

Such a publisher counts as a node of its own: its channel's lease names it as holder, and it has a session, as an ingest
node has. What renews the session differs:

    MediaMTX     the reconciler, once a minute, from the server's own list
    nginx-rtmp   update_publish, every 10 s as configured by docs/integrations/nginx-rtmp
    SRS          on_hls, with every segment
    OME          nothing: we let it publish for `OME_LIFETIME`, and OME itself ends it then

So a lost hook heals by itself: the session runs out, and the publisher is treated like a dead node.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.leases import Holder
from chalicelib.domain.mediamtx import Source, asked_as
from chalicelib.domain.orders import Order


class Dialect(StrEnum):
    """Whose hooks these are; also the `source` of a stream and the `kind` of its holder."""

    MEDIAMTX = "mediamtx"
    NGINX_RTMP = "nginx-rtmp"
    SRS = "srs"
    OME = "ome"


# What tells media servers of one kind apart. It is logged and listed: so it is shorter than any key or secret.
SERVER_NAME = r"^[A-Za-z0-9._-]{1,23}$"

OWN_KIND = "ingest"  # the kind of our own nodes

OME_LIFETIME = 12 * 3_600_000  # ms; also the longest that a lost `closing` can keep a channel LIVE

# ms for which a publisher's session lasts after a sign of life: three signs may be lost.
SESSION_TTL: dict[Dialect, int] = {
    Dialect.MEDIAMTX: 180_000,
    Dialect.NGINX_RTMP: 90_000,  # for the 30 s that nginx-rtmp has as default
    Dialect.SRS: 90_000,  # segments of up to 30 s
    Dialect.OME: OME_LIFETIME + 30_000,
}

# ms between MediaMTX's question and the path being ready; an encoder that never sends frees its channel after this.
READY_WITHIN = 15_000

# ms for which a media server that cannot be reached is taken to go on as it was last seen.
AWAY_LIMIT = 600_000


@dataclass(frozen=True, slots=True)
class Publication:
    """One publisher's connection on a media server, by the ids of that server.

    `source_type` and `source_id` are MediaMTX's names of what it can kick, known once the path is ready; `protocol` is
    what the publisher speaks, as MediaMTX named it when it asked. `seen_at` is when the server itself last confirmed
    the publisher.
    """

    dialect: Dialect
    server: str
    connection_id: str
    channel_id: str
    key_id: str
    key_hash: str
    since: int
    expires_at: int
    client_ip: str | None = None
    source_type: str | None = None
    source_id: str | None = None
    seen_at: int = 0
    orders: frozenset[Order] = frozenset()
    protocol: str | None = None
    test: bool = False  # asked for a test stream

    @property
    def node_id(self) -> str:
        return node_id_of(self.dialect, self.server, self.connection_id)

    @property
    def server_id(self) -> str:
        return f"{self.dialect}:{self.server}"

    @property
    def connections(self) -> list[Source]:
        """What MediaMTX may list it as: its source once that is known, else the connection that it asked about."""
        if self.source_type and self.source_id:
            return [Source(self.source_type, self.source_id)]
        return asked_as(self.protocol, self.connection_id)

    @property
    def holder(self) -> Holder:
        """The same for every hook of one connection, so that a repeated hook is no second claim."""
        return Holder(self.node_id, self.key_id, self.connection_id)


def check_server_name(name: str) -> str:
    """Raises ValueError, which does not repeat the name: somebody may have put a key or a secret in its place."""
    if not re.fullmatch(SERVER_NAME, name):
        raise ValueError(
            "must be 1 to 23 letters, digits, '.', '_' or '-': a name of the media server, no key or secret"
        )
    return name


def node_id_of(dialect: Dialect, server: str, connection_id: str) -> str:
    return f"{prefix_of(dialect, server)}{connection_id}"


def prefix_of(dialect: Dialect, server: str) -> str:
    """What the node ids of one server's publishers begin with."""
    return f"{dialect}:{server}:"


def dialect_of(node_id: str) -> Dialect | None:
    """Whose publisher a holder is; None for our own nodes, whose ids have no colon."""
    dialect, colon, _ = node_id.partition(":")
    return Dialect(dialect) if colon and dialect in list(Dialect) else None


def server_of(node_id: str) -> str | None:
    """Which server a publisher is on, `<dialect>:<name>`; None for our own nodes."""
    return ":".join(node_id.split(":", 2)[:2]) if dialect_of(node_id) is not None else None
