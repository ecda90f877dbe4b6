"""Routes for administrators: refused publishers."""

from chalice.app import Blueprint

from chalicelib import contract
from chalicelib.api.http import now_ms
from chalicelib.api.routing import ADMIN, Route
from chalicelib.contract.requests.refusals import RefusalQuery
from chalicelib.services.reading import refusals

blueprint = Blueprint(__name__)


@Route("GET", "/api/admin/refusals", ADMIN, query=RefusalQuery, answer=contract.RefusalPage).on(blueprint)
def list_refusals(query: RefusalQuery) -> contract.RefusalPage:
    """Refused publishers of the last 90 days, newest first."""
    since, until = query.period(now_ms(), usual=refusals.DAY, longest=refusals.LONGEST)
    asked = refusals.Asked(
        since=since,
        until=until,
        channel_id=query.broadcaster_id,
        reason=query.reason,
        key_id=query.key_id,
        client_ip=query.client_ip,
    )
    return refusals.page(asked, query.limit, query.cursor)
