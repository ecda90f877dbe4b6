"""Queries about what happened in a period."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from chalicelib.contract.requests.base import PageQuery, Time, ms_of
from chalicelib.domain.errors import InvalidInput


def _iso_8601(value: object) -> object:
    """A query has strings only, and pydantic would read "0.5" as seconds since 1970."""
    if isinstance(value, str) and "T" not in value.upper():
        raise ValueError("must be a date and time, such as 2026-01-31T12:00:00Z")
    return value


QueryTime = Annotated[Time, Field(strict=False), BeforeValidator(_iso_8601)]


class PeriodQuery(PageQuery):
    """`since` and `until` say which period; a subclass says what they default to."""

    since: QueryTime | None = None
    until: QueryTime | None = None

    def period(self, now: int, *, usual: int, longest: int) -> tuple[int, int]:
        """Its beginning and end in ms. By default `usual` ms up to now, and never more than `longest` ms ago.

        Raises InvalidInput.
        """
        until = min(now, ms_of(self.until)) if self.until is not None else now
        since = ms_of(self.since) if self.since is not None else until - usual
        if since > until:
            raise InvalidInput("A field is not valid", [{"field": "since", "problem": "must be before until"}])
        return max(since, now - longest), until
