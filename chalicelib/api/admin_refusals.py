"""Routes for administrators: refused publishers."""

from chalice.app import Blueprint

from chalicelib import contract
from chalicelib.api.http import now_ms
from chalicelib.api.routing import ADMIN, Route
from chalicelib.contract.requests.base import ms_of
from chalicelib.contract.requests.refusals import RefusalQuery
from chalicelib.domain.errors import InvalidInput
from chalicelib.services.reading import refusals

blueprint = Blueprint(__name__)


@Route("GET", "/api/admin/refusals", ADMIN, query=RefusalQuery, answer=contract.RefusalPage).on(blueprint)
def list_refusals(query: RefusalQuery) -> contract.RefusalPage:
    """Refused publishers of the last 90 days, newest first."""
    now = now_ms()
    until = min(now, ms_of(query.until)) if query.until is not None else now
    since = ms_of(query.since) if query.since is not None else until - refusals.DAY
    if since > until:
        raise InvalidInput("A field is not valid", [{"field": "since", "problem": "must be before until"}])
    asked = refusals.Asked(
        since=max(since, now - refusals.LONGEST),
        until=until,
        channel_id=query.broadcaster_id,
        reason=query.reason,
        key_id=query.key_id,
        client_ip=query.client_ip,
    )
    return refusals.page(asked, query.limit, query.cursor)
