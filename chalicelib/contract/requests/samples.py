"""Queries about what was measured over a whole stream."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from chalicelib.contract.requests.base import RequestModel
from chalicelib.contract.requests.periods import QueryTime
from chalicelib.domain.cursors import MAX_CURSOR

_LENGTHS = {"10": 10, "60": 60, "300": 300, "1800": 1800}

# Of a sample, in seconds. A query has strings only.
Resolution = Annotated[Literal[10, 60, 300, 1800], BeforeValidator(lambda value: _LENGTHS.get(value, value))]


class SampleQuery(RequestModel):
    """`resolution` is the length of a sample in seconds; a page has at most 720 samples. `since` asks only for samples
    that end after that time. `cursor` is the `next_cursor` of the previous page."""

    resolution: Resolution = 10
    since: QueryTime | None = None
    cursor: str | None = Field(default=None, min_length=1, max_length=MAX_CURSOR, pattern="^[0-9A-Za-z_-]+$")


class ExportQuery(RequestModel):
    format: Literal["json", "csv"] = "json"
