"""What request models share: their base, their pages, and the formats of ids and times."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from chalicelib.domain.cursors import MAX_CURSOR

PAGE = 50
MAX_PAGE = 200
MAX_LIST_PAGE = 100  # rows that are then read in one batch

# Two kinds of cursors: a ULID (a stream's id, an event's id), and text of `domain.cursors`. The docstrings of the two
# classes below are part of the API's documentation.

# Ids in paths and queries, and stream keys: printable ASCII, as long as a DynamoDB key may sensibly be.
ID_FORM = "^[!-~]{1,128}$"


class RequestModel(BaseModel):
    """Base of every body and query: an unknown field is an error, so that a typo is not ignored silently."""

    model_config = ConfigDict(extra="forbid", strict=True)


def example(**fields: Any) -> ConfigDict:
    """A model's configuration with an example of it, for the documentation."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


class UlidPageQuery(RequestModel):
    """`cursor` is the `next_cursor` of the previous page."""

    limit: int = Field(default=PAGE, ge=1, le=MAX_PAGE, strict=False)
    cursor: str | None = Field(default=None, min_length=26, max_length=26, pattern="^[0-9A-Z]+$")


class PageQuery(RequestModel):
    """`cursor` is the `next_cursor` of the previous page."""

    limit: int = Field(default=PAGE, ge=1, le=MAX_LIST_PAGE, strict=False)
    cursor: str | None = Field(default=None, min_length=1, max_length=MAX_CURSOR, pattern="^[0-9A-Za-z_-]+$")


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# JSON has one kind of number: 60.0 is an integer to JSON Schema, and so to whoever reads our OpenAPI document.
WholeNumber = Annotated[int, BeforeValidator(_whole)]


# Outside this range a time in another zone cannot be expressed in UTC.
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def _in_range(time: datetime) -> datetime:
    if not _EARLIEST <= time < _LATEST:
        raise ValueError("must be between the years 1970 and 9998")
    return time


Time = Annotated[AwareDatetime, AfterValidator(_in_range)]


def ms_of(time: datetime) -> int:
    """Milliseconds since the epoch."""
    return round(time.timestamp() * 1000)
