"""Why publishers were refused, as administrators look it up."""

from datetime import datetime
from typing import Annotated

from chalice.app import Blueprint
from pydantic import BeforeValidator, Field

from chalicelib import contract
from chalicelib.api.http import ID_FORM, ListPage, now_ms
from chalicelib.api.key_terms import Time
from chalicelib.api.routing import ADMIN, Route
from chalicelib.domain.errors import InvalidInput
from chalicelib.services.reading import refusals

blueprint = Blueprint(__name__)

Id = Annotated[str, Field(pattern=ID_FORM)]


def _written_out(value: object) -> object:
    """A query has strings only, of which pydantic takes "0.5" for seconds since 1970."""
    if isinstance(value, str) and "T" not in value.upper():
        raise ValueError("must be a date and time, such as 2026-01-31T12:00:00Z")
    return value


Moment = Annotated[Time, Field(strict=False), BeforeValidator(_written_out)]


class RefusalQuery(ListPage):
    """Without `since` the last day, or the day before `until`. Without `broadcaster_id` also those of unknown keys."""

    broadcaster_id: Id | None = None
    reason: Annotated[str, Field(pattern="^[a-z_]{1,64}$")] | None = None
    key_id: Id | None = None
    client_ip: Annotated[str, Field(pattern="^[0-9A-Fa-f:.]{2,45}$")] | None = None
    since: Moment | None = None
    until: Moment | None = None


@Route("GET", "/api/admin/refusals", ADMIN, query=RefusalQuery, answer=contract.RefusalPage).on(blueprint)
def list_refusals(query: RefusalQuery) -> contract.RefusalPage:
    """Refused publishers, newest first, kept for 90 days. The answer's `title` and `action` are what they were told."""
    now = now_ms()
    until = min(now, _ms(query.until)) if query.until is not None else now
    since = _ms(query.since) if query.since is not None else until - refusals.DAY
    if since > until:
        raise InvalidInput("A field is not valid", [{"field": "since", "problem": "must lie before until"}])
    asked = refusals.Asked(
        since=max(since, now - refusals.LONGEST),
        until=until,
        channel_id=query.broadcaster_id,
        reason=query.reason,
        key_id=query.key_id,
        client_ip=query.client_ip,
    )
    return refusals.page(asked, query.limit, query.cursor)


def _ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)
