"""The ingest node's own environment, beside `chalicelib.config`."""

from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from ulid import ULID


class IngestSettings(BaseSettings):
    """Environment variables with the prefix `STREAM_SYNC_`."""

    model_config = SettingsConfigDict(env_prefix="STREAM_SYNC_", extra="ignore")

    # On Fargate the task's id, so that ECS's news about the task finds the node.
    node_id: str = Field(default_factory=lambda: f"node-{ULID()}", min_length=1, max_length=100)
    rtmp_host: str = "0.0.0.0"
    rtmp_port: int = Field(default=1935, ge=0, le=65535)
    # The application of the ingest URL: rtmp://host/<app>
    rtmp_app: str = Field(default="live", pattern=r"^[A-Za-z0-9_-]{1,32}$")
    # Networks (CIDR, comma separated) whose PROXY protocol header is believed: the load balancer's, nobody else's.
    proxy_networks: Annotated[list[IPv4Network | IPv6Network], NoDecode] = []
    # Where others reach this node; for operators to see.
    address: str = ""
    # Publishers at once; what a core can hold is measured by `make bench`.
    capacity: int = Field(default=500, ge=1, le=20_000)
    # Seconds a stopping node may take to end its streams properly.
    stop_seconds: float = Field(default=10.0, gt=0, le=110)

    @field_validator("proxy_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    def trusts_proxy(self, peer: str) -> bool:
        """Whether a PROXY protocol header from `peer`, an IP address, is to be believed."""
        address = ip_address(peer.partition("%")[0])
        return any(address in network for network in self.proxy_networks)
