"""The ingest node's own environment, beside `chalicelib.config`."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from ulid import ULID

from chalicelib.domain import addresses

USUAL_MBPS = 6.0  # of one publisher, where nothing else is known


class IngestSettings(BaseSettings):
    """Environment variables with the prefix `STREAM_SYNC_`."""

    model_config = SettingsConfigDict(env_prefix="STREAM_SYNC_", extra="ignore")

    # On Fargate the task's id, so that ECS's events about the task name the node.
    node_id: str = Field(default_factory=lambda: f"node-{ULID()}", min_length=1, max_length=100)
    # `::` is every address of the machine, IPv6 and IPv4.
    rtmp_host: str = "0.0.0.0"
    rtmp_port: int = Field(default=1935, ge=0, le=65535)
    # RTMPS beside it: all three or none. The files (PEM, the chain and its key) are read again when they change.
    rtmps_port: int | None = Field(default=None, ge=0, le=65535)
    tls_certificate: Path | None = None
    tls_private_key: Path | None = None
    # The application of the ingest URL: rtmp://host/<app>
    rtmp_app: str = Field(default="live", pattern=r"^[A-Za-z0-9_-]{1,32}$")
    # Whether streams are packaged for viewers, and where HTTP serves what is made of them.
    packaging: bool = False
    # Whether a picture of each is made now and then, in a process of its own.
    thumbnails: bool = True
    # How many tabs of a channel report that they play, before they are sampled; and how many viewers count from one
    # network (IPv4: /24, IPv6: /48).
    viewer_reporters: int = Field(default=1_000, ge=10, le=100_000)
    viewers_per_network: int = Field(default=256, ge=1, le=1_000_000)
    # Of one viewer's address (IPv6: one /64): connections, and requests that wait. Those below have no limit.
    origin_per_address: int = Field(default=256, ge=1)
    # Networks (CIDR, comma separated) whose X-Forwarded-For the origin believes: the CDN's or the load balancer's, and
    # that of the other nodes.
    forwarded_networks: Annotated[list[IPv4Network | IPv6Network], NoDecode] = [
        IPv4Network("127.0.0.0/8"),
        IPv6Network("::1/128"),
    ]
    origin_host: str = "0.0.0.0"
    origin_port: int = Field(default=8080, ge=0, le=65535)
    # The host by which the other nodes reach it: what viewers ask of them for this node's channels comes from here. On
    # Fargate the task's own address; without one (and `origin_host` is none) they answer 503 for its channels.
    origin_address: str = Field(default="", pattern=r"^[A-Za-z0-9.:-]{0,253}$")
    # Megabytes of segments that may wait for the storage of recordings, of all streams.
    recording_queue_mb: int = Field(default=512, ge=64, le=65_536)
    # Where load balancers and monitoring ask how the node is; none: nowhere. Private: not to be reached from outside.
    health_port: int | None = Field(default=None, ge=0, le=65535)
    health_host: str = "127.0.0.1"
    # Networks (CIDR, comma separated) whose PROXY protocol header is believed: the load balancer's, nobody else's.
    proxy_networks: Annotated[list[IPv4Network | IPv6Network], NoDecode] = []
    # Where others reach this node; for operators to see.
    address: str = ""
    # Publishers at once; what a core can hold is measured by `make bench`.
    capacity: int = Field(default=500, ge=1, le=20_000)
    # Mbit/s that they may send together, by default 6 for each; and the event loop's lag from which on the node takes
    # nobody else (ms, 99th percentile of the last minute).
    capacity_mbps: float | None = Field(default=None, ge=USUAL_MBPS, le=1_000_000)
    capacity_lag_ms: float = Field(default=500.0, ge=10, le=10_000)
    # The host by which the other nodes reach `rtmp_port`: full, they move publishers here, and this node moves some to
    # them. On Fargate the task's own address; without one there is no moving. They must be among `proxy_networks`.
    peer_address: str = Field(default="", pattern=r"^[A-Za-z0-9.:-]{0,253}$")
    # An ingest URL that leads to this very node, where no load balancer is before it.
    public_url: str = Field(default="", pattern=r"^(rtmps?://[^/\s]{1,253}/[A-Za-z0-9_-]{1,32})?$")
    # Publishers that a full node carries on to others at once.
    max_moved: int = Field(default=100, ge=0, le=10_000)
    # Publishers with a good key that wait for a place when all are taken, and how many seconds they do at most.
    queue_length: int = Field(default=64, ge=0, le=10_000)
    queue_seconds: float = Field(default=60.0, gt=0, le=600)
    # Seconds a publisher that has described its stream may take to its first frame (a relay waits for the source's next
    # key frame), and seconds without media after which ordinary video counts as interrupted.
    first_media_seconds: float = Field(default=20.0, ge=5, le=120)
    silence_seconds: float = Field(default=4.0, ge=2, le=30)
    # Connections: all; those whose stream key has not been recognised yet; those from one address (IPv6: one /64). The
    # machine's own addresses have no such limit.
    max_connections: int = Field(default=16_384, ge=1)
    max_unauthenticated: int = Field(default=4_096, ge=1)
    max_connections_per_address: int = Field(default=256, ge=1)
    # MiB that all connections together may hold of messages that are not whole yet. One may hold 9 MB; an encoder holds
    # part of a frame, and only where streams are packaged. A Fargate task of ours has 2048.
    max_unfinished_mib: int = Field(default=256, ge=16, le=65_536)
    # Seconds in which a node that is told to stop (SIGTERM) moves its streams to other nodes, before it ends the rest;
    # and those of them in which it waits for load balancers to notice that it is not ready.
    drain_seconds: float = Field(default=0.0, ge=0, le=86_400)
    drain_notice_seconds: float = Field(default=0.0, ge=0, le=600)
    # What is deployed (on Fargate the task definition's revision), and the seconds in which a node drains once nodes of
    # another version have started after it; 0: it does not.
    version: str = Field(default="", max_length=100)
    replaced_drain_seconds: float = Field(default=0.0, ge=0, le=86_400)
    # Seconds a stopping node may take to end its streams properly.
    stop_seconds: float = Field(default=10.0, gt=0, le=110)

    @field_validator("proxy_networks", "forwarded_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _an_address_that_is_listened_on_is_reached(self) -> Self:
        if not self.origin_address and self.origin_host not in ("", "0.0.0.0", "::"):
            self.origin_address = self.origin_host
        return self

    @property
    def peer(self) -> str:
        """Host and port to which other nodes move publishers; empty if there is no moving."""
        return f"{self.peer_address}:{self.rtmp_port}" if self.peer_address and self.proxy_networks else ""

    @property
    def capacity_bytes(self) -> float:
        """Bytes a second that all publishers may send together."""
        mbps = self.capacity * USUAL_MBPS if self.capacity_mbps is None else self.capacity_mbps
        return mbps * 1_000_000 / 8

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        given = [value is not None for value in (self.rtmps_port, self.tls_certificate, self.tls_private_key)]
        if any(given) and not all(given):
            raise ValueError(
                "RTMPS needs all of STREAM_SYNC_RTMPS_PORT, STREAM_SYNC_TLS_CERTIFICATE, STREAM_SYNC_TLS_PRIVATE_KEY"
            )
        return self

    def trusts_proxy(self, peer: str) -> bool:
        """Whether a PROXY protocol header from `peer`, an IP address in canonical form, is to be believed."""
        address = addresses.address(peer)
        return any(address in addresses.unmapped(network) for network in self.proxy_networks)
