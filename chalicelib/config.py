"""The environment, read once into one validated model. Every variable is described in docs/operations.md."""

import json
import os
import re
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from chalicelib.domain.playback import Output

PREFIX = "STREAM_SYNC_"
LOCAL = "local"  # the stage of the laptop
RECORDING_OFF = "off"
SHORTEST_SHARED_SECRET = 24  # characters
SHORTEST_HMAC_KEY = 32  # RFC 7518, 3.2: of the same size as the hash output or larger
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*/?")


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _parse(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("must be a JSON object") from None


class Settings(BaseSettings):
    """Environment variables with the prefix `STREAM_SYNC_`; what both planes need.

    A bad value stops the process at its start with the variable's name, not at the first request.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", hide_input_in_errors=True)

    stage: str = Field(default=LOCAL, pattern=r"^[a-z][a-z0-9-]{0,20}$")
    table_prefix: str = ""
    region: str = Field(default_factory=lambda: os.environ.get("AWS_REGION", "us-east-1"))
    # Where tables, bus, keys and recordings are. Ingest nodes of several regions share those of one.
    data_region: str = ""
    event_bus: str = ""
    # The second names, here and below, are those of the older stream service where they mean the same.
    ingest_urls: Annotated[dict[str, str], NoDecode] = Field(
        default={"us-east-1": "rtmp://127.0.0.1:1935/live"},
        min_length=1,
        validation_alias=AliasChoices("STREAM_SYNC_INGEST_URLS", "RTMP_URL"),
    )
    # Where `ingest_urls` are encrypted: the same servers without TLS, for encoders that know no RTMPS.
    plain_ingest_urls: Annotated[dict[str, str], NoDecode] = {}
    # Whether nodes have public URLs of their own, and no load balancer before them: credentials then name the URL of a
    # node with room.
    ingest_url_by_node: bool = False
    playback_base_url: str = Field(
        default="http://127.0.0.1:8000/hls",
        validation_alias=AliasChoices("STREAM_SYNC_PLAYBACK_BASE_URL", "HLS_URL"),
    )
    # Where the watch pages are: `/watch` beside the playback URLs, unless it is set.
    watch_base_url: str = ""
    # Playback tokens are signed with the first of these secrets, and accepted with both: two while rotating.
    playback_secrets: Annotated[list[str], NoDecode] = Field(default=[], max_length=2, repr=False)
    # Playback URLs of media servers, by server (`mediamtx:main`) or by kind (`mediamtx`): output -> URL with
    # `{channel_id}` in it.
    source_playback: Annotated[dict[str, dict[Output, str]], NoDecode] = {}
    # Where recordings are kept: "off", a folder, or s3://bucket/prefix; where they are served, by default beside
    # `playback_base_url`; and how many days one is kept that its owner does not keep.
    recording: str = Field(default=RECORDING_OFF, min_length=1)
    recording_base_url: str = ""
    recording_days: int = Field(default=30, ge=1, le=3_650)
    kms_key_id: str = "alias/stream-sync"
    oidc_issuer: str | None = None
    # The audience that a token must be issued for; without one, no token is accepted.
    oidc_audience: str | None = Field(default=None, min_length=1)
    oidc_jwks_url: str | None = None
    # `SECRET_KEY` is what the user service calls the same secret.
    secret_key: str | None = Field(
        default=None,
        min_length=SHORTEST_HMAC_KEY,
        validation_alias=AliasChoices("STREAM_SYNC_SECRET_KEY", "SECRET_KEY"),
        repr=False,
    )
    admin_secrets: Annotated[list[str], NoDecode] = Field(default=[], max_length=2, repr=False)
    # A user whose token has `admin_role` in `admin_claim` (a string or a list of strings) is an administrator.
    admin_claim: str = Field(default="cognito:groups", min_length=1, max_length=256)
    admin_role: str = Field(default="admin", min_length=1, max_length=256)
    # The secrets that media servers present at /hooks/...; two while rotating.
    hook_secrets: Annotated[list[str], NoDecode] = Field(default=[], max_length=2, repr=False)
    # MediaMTX servers by name, each with its control API's address.
    mediamtx_servers: Annotated[dict[str, str], NoDecode] = {}
    mediamtx_api_secret: str | None = Field(default=None, min_length=SHORTEST_SHARED_SECRET, repr=False)
    allowed_origins: Annotated[list[str], NoDecode] = Field(
        default=["http://127.0.0.1:8000", "http://localhost:8000"],
        min_length=1,
        validation_alias=AliasChoices("STREAM_SYNC_ALLOWED_ORIGINS", "CORS_ORIGINS", "FRONTEND_URL"),
    )
    # On AWS: secrets that are not set here are read from Secrets Manager, from the names that begin so.
    secret_prefix: str = Field(default="", pattern=r"^$|^[A-Za-z0-9/_+=.@-]{1,100}$")
    ws_management_url: str = "http://127.0.0.1:8000/ws-management"
    # On AWS: the parameter in Systems Manager that holds that URL instead.
    ws_management_parameter: str = Field(default="", pattern=r"^$|^/[A-Za-z0-9/_.-]{1,200}$")
    key_ttl_hours: int = Field(default=24, ge=1, le=24 * 365)
    # Seconds between two new keys of one user.
    key_cooldown: int = Field(default=5, ge=0, le=3_600)
    # Open WebSockets of one signed-in user, and of viewers from one address (many may share one behind a NAT).
    ws_connections_per_user: int = Field(default=32, ge=1, le=1_000)
    ws_connections_per_address: int = Field(default=256, ge=1, le=4_000)
    webhook_allowed_networks: Annotated[list[IPv4Network | IPv6Network], NoDecode] = []
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    _parse_maps = field_validator(
        "ingest_urls", "plain_ingest_urls", "mediamtx_servers", "source_playback", mode="before"
    )(_parse)
    _split_lists = field_validator(
        "admin_secrets",
        "hook_secrets",
        "playback_secrets",
        "allowed_origins",
        "webhook_allowed_networks",
        mode="before",
    )(_split)

    @field_validator("ingest_urls", mode="before")
    @classmethod
    def _one_url_is_that_of_the_region(cls, value: object, known: ValidationInfo) -> object:
        """The older service's `RTMP_URL` is a plain URL."""
        plain = isinstance(value, str) and value.startswith(("rtmp://", "rtmps://"))
        return {known.data["region"]: value} if plain and "region" in known.data else value

    @field_validator("recording")
    @classmethod
    def _is_a_place(cls, place: str) -> str:
        if place == RECORDING_OFF or place.startswith("/") or _BUCKET.fullmatch(place):
            return place
        raise ValueError('must be "off", the absolute path of a folder, or s3://bucket/prefix')

    @field_validator("playback_base_url", "watch_base_url", "recording_base_url")
    @classmethod
    def _no_slash_at_the_end(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("admin_secrets", "hook_secrets")
    @classmethod
    def _long_enough(cls, secrets: list[str]) -> list[str]:
        if any(len(secret) < SHORTEST_SHARED_SECRET for secret in secrets):
            raise ValueError(f"each shared secret needs at least {SHORTEST_SHARED_SECRET} characters")
        return secrets

    @field_validator("playback_secrets")
    @classmethod
    def _as_long_as_the_hash(cls, secrets: list[str]) -> list[str]:
        if any(len(secret) < SHORTEST_HMAC_KEY for secret in secrets):
            raise ValueError(f"each secret needs at least {SHORTEST_HMAC_KEY} characters")
        return secrets

    @model_validator(mode="after")
    def _an_issuer_needs_an_audience(self) -> Self:
        if self.stage != LOCAL and self.oidc_issuer and not self.oidc_audience:
            raise ValueError(
                "STREAM_SYNC_OIDC_AUDIENCE: is required with STREAM_SYNC_OIDC_ISSUER: "
                "without it, every token of that issuer is refused"
            )
        return self

    def model_post_init(self, _context: object) -> None:
        self.data_region = self.data_region or self.region
        self.table_prefix = self.table_prefix or f"stream-sync-{self.stage}-"
        self.event_bus = self.event_bus or f"stream-sync-{self.stage}"
        if not self.watch_base_url:
            base = urlsplit(self.playback_base_url)
            self.watch_base_url = f"{base.scheme}://{base.netloc}/watch"
        self.recording_base_url = self.recording_base_url or f"{self.playback_base_url.rpartition('/')[0]}/vod"
        if self.oidc_issuer and not self.oidc_jwks_url:
            self.oidc_jwks_url = f"{self.oidc_issuer}/.well-known/jwks.json"

    @property
    def home_region(self) -> str:
        """The region new channels get: ours if it has an ingest endpoint, else the first that has one."""
        return self.region if self.region in self.ingest_urls else next(iter(self.ingest_urls))

    def ingest_url(self, region: str) -> str:
        return self.ingest_urls.get(region) or self.ingest_urls[self.home_region]


def bad_variables(error: ValidationError) -> str:
    """A line for each environment variable that a settings model refused: its name, and why; never its value."""
    found: dict[str, str] = {}
    for item in error.errors(include_input=False, include_url=False):
        # What follows in `loc` is the place within the value. Without any it is about several, and names them itself.
        name = "".join(f"{PREFIX}{str(part).upper().removeprefix(PREFIX)}: " for part in item["loc"][:1])
        found.setdefault(name, item["msg"].removeprefix("Value error, "))
    return "\n".join(name + why for name, why in found.items())


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings. Raises pydantic's ValidationError, which names each bad variable."""
    return Settings()
