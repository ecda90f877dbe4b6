"""Queries of administrators about refused publishers."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from chalicelib.contract.requests.base import ID_FORM, PageQuery, Time

Id = Annotated[str, Field(pattern=ID_FORM)]


def _iso_8601(value: object) -> object:
    """A query has strings only, and pydantic would read "0.5" as seconds since 1970."""
    if isinstance(value, str) and "T" not in value.upper():
        raise ValueError("must be a date and time, such as 2026-01-31T12:00:00Z")
    return value


QueryTime = Annotated[Time, Field(strict=False), BeforeValidator(_iso_8601)]


class RefusalQuery(PageQuery):
    """`since` defaults to one day before `until`, and `until` to now. Without `broadcaster_id` the list includes
    publishers whose key is unknown."""

    broadcaster_id: Id | None = None
    reason: Annotated[str, Field(pattern="^[a-z_]{1,64}$")] | None = None
    key_id: Id | None = None
    client_ip: Annotated[str, Field(pattern="^[0-9A-Fa-f:.]{2,45}$")] | None = None
    since: QueryTime | None = None
    until: QueryTime | None = None
