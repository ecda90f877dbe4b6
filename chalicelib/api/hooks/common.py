"""What all dialects share: lenient models, the server's name, the key in a publisher's stream name or query."""

from collections.abc import Iterable
from typing import Annotated
from urllib.parse import parse_qs

from chalice.app import Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from chalicelib.domain import addresses
from chalicelib.domain.publications import SERVER_NAME, check_server_name
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

# Why a publisher is refused.
REFUSALS = (
    *(KeyUnknown, KeyMissing, KeyRevoked, KeyExpired, KeyNotYetValid, KeyUsedUp, KeyNotAllowedHere, KeyInUse),
    *(BroadcasterBlocked, StartsLimited),
)

# Query parameters that may contain the stream key.
KEY_PARAMETERS = ("key", "token", "jwt", "pass", "password")


def _as_text(value: object) -> object:
    """Connection ids are numbers on some servers."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def as_address(value: str | None) -> str | None:
    """A client's address; None for anything else, since some servers pass on what the client's own headers contain."""
    try:
        return None if value is None else str(addresses.address(value))
    except ValueError:
        return None


# The client's address as its server reports it; it is logged and shown.
ClientAddress = Annotated[str | None, AfterValidator(as_address)]
# Part of a row's key, so its length is bounded.
ConnectionId = Annotated[
    str,
    Field(min_length=1, max_length=200, json_schema_extra={"type": ["string", "integer"]}),
    BeforeValidator(_as_text),
]
Short = Annotated[str, Field(max_length=100)]
Text = Annotated[str, Field(max_length=4_096)]


class HookModel(BaseModel):
    """Base of what servers send: fields that we do not need, or do not know yet, are ignored."""

    model_config = ConfigDict(extra="ignore")


class HookQuery(HookModel):
    """`server` is the name of the media server, if there are several of its kind."""

    server: Annotated[str, AfterValidator(check_server_name)] = Field(
        default="main", json_schema_extra={"pattern": SERVER_NAME}
    )


def nothing(status: int = 204, **headers: str) -> Response:
    """An answer without a body; names of headers with `_` for `-`."""
    return Response("", {name.replace("_", "-"): value for name, value in headers.items()}, status)


def key_and_channel(name: str, offered: Iterable[str | None] = ()) -> tuple[str, str | None]:
    """The key that a publisher presents, and the channel if its stream name is a channel's id.

    With `<channel id>` as stream name, the key is the first one in `offered`. Any other name is taken as the key.
    """
    if name.startswith("ch_"):
        return next((one for one in offered if one), ""), name
    return name, None


def keys_in(query: str) -> list[str]:
    """The keys in a publisher's query (`a=b&c=d`, with or without `?`)."""
    values = parse_qs(query.removeprefix("?"))
    return [values[name][0] for name in KEY_PARAMETERS if name in values]


def check_watchable(name: str) -> None:
    """Only public ids can be played. Raises ChannelNotFound for anything else, including stream keys."""
    publishers.check_watchable(name)
