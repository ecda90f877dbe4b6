"""Parts of a node as its settings want them, and how many connections there is room for."""

from collections.abc import Callable

from ulid import ULID

from chalicelib.config import Settings
from chalicelib.domain.nodes import NodeInfo
from ingest_container.base.clock import now_ms
from ingest_container.base.settings import IngestSettings
from ingest_container.media.http_server import HttpLimits
from ingest_container.net import listeners
from ingest_container.net.tls import Certificates
from ingest_container.node.capacity import Capacity
from ingest_container.node.health import HealthPort
from ingest_container.node.metrics import NodeMetrics
from ingest_container.node.readiness import NodeCondition
from ingest_container.node.waiting_room import WaitingRoom


def node_info(settings: IngestSettings, shared: Settings, origin: str) -> NodeInfo:
    """This run of the node, as it announces itself; `origin` is where its peers reach what it packages."""
    return NodeInfo(
        node_id=settings.node_id,
        incarnation=str(ULID()),
        address=settings.address,
        region=shared.home_region,
        capacity=settings.capacity,
        started_at=now_ms(),
        origin=origin,
        peer=settings.peer,
        public_url=settings.public_url,
        version=settings.version,
    )


def health_port(
    settings: IngestSettings, condition: Callable[[], NodeCondition], metrics: NodeMetrics
) -> HealthPort | None:
    """Raises CannotListen."""
    if settings.health_port is None:
        return None
    return HealthPort(settings.health_host, settings.health_port, condition, metrics, settings.node_id)


def certificates(settings: IngestSettings) -> Certificates | None:
    """Raises CertificateUnreadable."""
    if settings.tls_certificate is None or settings.tls_private_key is None:
        return None
    return Certificates(settings.tls_certificate, settings.tls_private_key)


def waiting_room(settings: IngestSettings, capacity: Capacity, taken: Callable[[], int]) -> WaitingRoom:
    """`taken`: how many places broadcasts have."""
    return WaitingRoom(
        settings.capacity,
        taken,
        length=settings.queue_length,
        longest_wait=settings.queue_seconds,
        has_room=lambda publishers: capacity.full(publishers) is None,
    )


def room(settings: IngestSettings) -> tuple[int, int]:
    """How many connections of publishers, and of viewers, the system's limit of open files has room for.

    A viewer's may need another one, to the node that carries the stream. Publishers have half of it at least.
    """
    wanted = 2 * HttpLimits.connections if settings.packaging else 0
    left = listeners.make_room(settings.max_connections + wanted)
    publishers = min(settings.max_connections, max(left - wanted, left // 2))
    return publishers, (left - publishers) // 2
