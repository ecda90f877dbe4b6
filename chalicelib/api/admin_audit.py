"""Routes for administrators: what administrators did."""

from chalice.app import Blueprint

from chalicelib import contract
from chalicelib.api.http import now_ms
from chalicelib.api.routing import ADMIN, Route
from chalicelib.contract.requests.audit import AuditQuery
from chalicelib.services import audit

blueprint = Blueprint(__name__)


@Route("GET", "/api/admin/audit", ADMIN, query=AuditQuery, answer=contract.AdminActionPage).on(blueprint)
def list_actions(query: AuditQuery) -> contract.AdminActionPage:
    """What administrators did in the last 90 days, newest first: every request that was to change something."""
    since, until = query.period(now_ms(), usual=audit.LONGEST, longest=audit.LONGEST)
    asked = audit.Asked(
        since=since,
        until=until,
        operator=query.operator,
        action=query.action,
        target=query.target,
    )
    return audit.page(asked, query.limit, query.cursor)
