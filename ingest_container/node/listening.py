"""Where publishers connect: plain RTMP, and RTMPS if the node has a certificate."""

from ingest_container.base.settings import IngestSettings
from ingest_container.live.connection import PublisherConnection
from ingest_container.live.publish import Host
from ingest_container.net import listeners
from ingest_container.net.listeners import Listener
from ingest_container.net.tls import Certificates


class RtmpListeners:
    """Bound at once, so that a port in use is told before the node joins the fleet; serving from `start` on."""

    def __init__(self, settings: IngestSettings, certificates: Certificates | None) -> None:
        """Raises CannotListen."""
        self._certificates = certificates
        self._plain = listeners.bind(settings.rtmp_host, settings.rtmp_port, "STREAM_SYNC_RTMP_PORT")
        self._encrypted = None
        if certificates is not None and settings.rtmps_port is not None:
            self._encrypted = listeners.bind(settings.rtmp_host, settings.rtmps_port, "STREAM_SYNC_RTMPS_PORT")
        self._serving: list[Listener] = []
        # The ports that are really bound.
        self.port: int = self._plain.getsockname()[1]
        self.rtmps_port: int | None = self._encrypted.getsockname()[1] if self._encrypted is not None else None

    def start(self, host: Host) -> None:
        """Takes connections from now on."""
        self._serving.append(listeners.serve(self._plain, lambda: PublisherConnection(host)))
        certificates = self._certificates
        if certificates is not None and self._encrypted is not None:
            self._serving.append(
                listeners.serve(self._encrypted, lambda: PublisherConnection(host, certificates.context))
            )

    def close(self) -> None:
        """No more connections; those that are there go on."""
        for listener in self._serving:
            listener.close()
