"""What all dialects share: lenient models, the caller's name, the key in a publisher's stream name or query."""

from collections.abc import Iterable
from typing import Annotated
from urllib.parse import parse_qs

from chalice.app import Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from chalicelib.domain import addresses
from chalicelib.domain.refusals import (
    BroadcasterBlocked,
    KeyExpired,
    KeyInUse,
    KeyMissing,
    KeyNotAllowedHere,
    KeyNotYetValid,
    KeyRevoked,
    KeyUnknown,
    KeyUsedUp,
    StartsLimited,
)
from chalicelib.services.media_servers import publishers

APPLICATION = "live"

# Why a publisher is not let in.
REFUSALS = (
    *(KeyUnknown, KeyMissing, KeyRevoked, KeyExpired, KeyNotYetValid, KeyUsedUp, KeyNotAllowedHere, KeyInUse),
    *(BroadcasterBlocked, StartsLimited),
)

# Parameters that a publisher may bring its key in.
KEY_PARAMETERS = ("key", "token", "jwt", "pass", "password")


def _as_text(value: object) -> object:
    """Some servers number their connections."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def as_address(value: str | None) -> str | None:
    """A client's address; None for anything else: some servers pass on what the client's own headers say."""
    try:
        return None if value is None else str(addresses.address(value))
    except ValueError:
        return None


# Where the client is, as far as its server knows; it is logged and shown.
ClientAddress = Annotated[str | None, AfterValidator(as_address)]
# Part of a row's key, as short as keys must be.
ConnectionId = Annotated[
    str,
    Field(min_length=1, max_length=200, json_schema_extra={"type": ["string", "integer"]}),
    BeforeValidator(_as_text),
]
Short = Annotated[str, Field(max_length=100)]
Text = Annotated[str, Field(max_length=4_096)]


class HookModel(BaseModel):
    """Base of what servers send: fields that we do not need, and those of later versions, pass."""

    model_config = ConfigDict(extra="ignore")


class HookQuery(HookModel):
    """`server` names the media server where several of one kind call."""

    server: str = Field(default="main", pattern=r"^[A-Za-z0-9._-]{1,40}$")


def nothing(status: int = 204, **headers: str) -> Response:
    """An answer without a body; names of headers with `_` for `-`."""
    return Response("", {name.replace("_", "-"): value for name, value in headers.items()}, status)


def key_and_channel(name: str, offered: Iterable[str | None] = ()) -> tuple[str, str | None]:
    """The key that a publisher shows, and the channel that its stream name says, if it says one.

    `<channel id>` as stream name needs a key beside it (`offered`: the first that is there counts). Anything else in
    the place of the name is taken for the key.
    """
    if name.startswith("ch_"):
        return next((one for one in offered if one), ""), name
    return name, None


def keys_in(query: str) -> list[str]:
    """What a publisher's own query (`a=b&c=d`, with or without `?`) offers as key."""
    values = parse_qs(query.removeprefix("?"))
    return [values[name][0] for name in KEY_PARAMETERS if name in values]


def check_watchable(name: str) -> None:
    """Plays are for public ids. Raises ChannelNotFound for anything else, a stream key too."""
    publishers.check_watchable(name)
