"""Ports and state folder of the laptop cloud, each by an environment variable."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chalicelib.config import Settings, bad_variables
from ingest_container.base.settings import IngestSettings
from local.network import in_url, reachable_address
from local.ports import CannotStart

# Gateway and emulator, always: `config.json` holds the demo account's password, and nothing here speaks TLS.
HOST = "127.0.0.1"
REGION = "us-east-1"
STAGE = "local"
NODE_ID = "local-1"
KEY_ALIAS = "alias/stream-sync"
# Carries the secret by which the gateway recognises events from the bus.
BUS_HEADER = "X-Bus-Secret"
DEMO_EMAIL = "demo@example.com"
ADMIN_EMAIL = "admin@example.com"  # with the demo account's password

ROOT = Path(__file__).resolve().parent.parent


class LocalSettings(BaseSettings):
    """`STREAM_SYNC_HTTP_PORT`, `_RTMP_PORT`, `_CLOUD_PORT`, `_STATE_DIR`; and where the node is published from.

    Only the gateway asks the node's origin and its health port, so 0, which is any port that is free, will do.
    """

    model_config = SettingsConfigDict(env_prefix="STREAM_SYNC_", extra="ignore")

    http_port: int = Field(default=8000, ge=1, le=65535)
    rtmp_port: int = Field(default=1935, ge=1, le=65535)
    cloud_port: int = Field(default=4566, ge=1, le=65535)
    origin_port: int = Field(default=0, ge=0, le=65535)
    health_port: int = Field(default=0, ge=0, le=65535)
    state_dir: Path = Path(".local")
    # The node's own variables; where it listens, and so what encoders are told.
    rtmp_host: str = HOST
    rtmp_app: str = "live"

    @field_validator("rtmp_host")
    @classmethod
    def _is_an_address(cls, host: str) -> str:
        try:
            return str(ip_address(host))
        except ValueError:
            raise ValueError("must be an IP address of this machine, or 0.0.0.0 or :: for all of them") from None

    @property
    def http_url(self) -> str:
        return f"http://{HOST}:{self.http_port}"

    @property
    def ws_url(self) -> str:
        return f"ws://{HOST}:{self.http_port}/ws"

    @cached_property
    def rtmp_authority(self) -> str:
        """Address and port under which encoders reach the node."""
        return f"{in_url(reachable_address(self.rtmp_host))}:{self.rtmp_port}"

    @property
    def rtmp_url(self) -> str:
        return f"rtmp://{self.rtmp_authority}/{self.rtmp_app}"

    @property
    def cloud_url(self) -> str:
        return f"http://{HOST}:{self.cloud_port}"

    @property
    def origin_url(self) -> str:
        """The node's own HTTP server, which the gateway stands before."""
        return f"http://{HOST}:{self.origin_port}"

    @property
    def health_url(self) -> str:
        """The node's health port, which has its metrics."""
        return f"http://{HOST}:{self.health_port}"

    @property
    def ready_file(self) -> Path:
        return self.state_dir / "ready.json"

    @property
    def log_dir(self) -> Path:
        return self.state_dir / "logs"


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        raise CannotStart(bad_variables(error)) from None


def local_settings() -> LocalSettings:
    """Raises CannotStart with the names of the variables that make no sense."""
    with _named():
        return LocalSettings()


def services_settings() -> Settings:
    """What the user has set for gateway and node, looked at before anything is started. Raises CannotStart as above."""
    with _named():
        IngestSettings()
        return Settings()
