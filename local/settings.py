"""Ports and state folder of the laptop cloud, each by an environment variable."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from chalicelib.config import Settings, bad_variables
from ingest_container.settings import IngestSettings
from local.ports import CannotStart

HOST = "127.0.0.1"  # never another address: the emulator checks no signatures
REGION = "us-east-1"
STAGE = "local"
NODE_ID = "local-1"
KEY_ALIAS = "alias/stream-sync"
# What the bus shows the gateway, so that nobody else can give it events.
BUS_HEADER = "X-Bus-Secret"
DEMO_EMAIL = "demo@example.com"

ROOT = Path(__file__).resolve().parent.parent


class LocalSettings(BaseSettings):
    """`STREAM_SYNC_HTTP_PORT`, `_RTMP_PORT`, `_CLOUD_PORT` and `_STATE_DIR`."""

    model_config = SettingsConfigDict(env_prefix="STREAM_SYNC_", extra="ignore")

    http_port: int = Field(default=8000, ge=1, le=65535)
    rtmp_port: int = Field(default=1935, ge=1, le=65535)
    cloud_port: int = Field(default=4566, ge=1, le=65535)
    state_dir: Path = Path(".local")

    @property
    def http_url(self) -> str:
        return f"http://{HOST}:{self.http_port}"

    @property
    def ws_url(self) -> str:
        return f"ws://{HOST}:{self.http_port}/ws"

    @property
    def rtmp_url(self) -> str:
        return f"rtmp://{HOST}:{self.rtmp_port}/live"

    @property
    def cloud_url(self) -> str:
        return f"http://{HOST}:{self.cloud_port}"

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


def check_services() -> None:
    """What gateway and node will read, looked at before anything is started. Raises CannotStart as above."""
    with _named():
        Settings()
        IngestSettings()
