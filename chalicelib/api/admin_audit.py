"""Routes for administrators: what administrators did."""

from chalice.app import Blueprint

from chalicelib import contract
from chalicelib.api.http import now_ms
from chalicelib.api.routing import ADMIN, Route
from chalicelib.contract.requests.audit import AuditQuery
from chalicelib.contract.requests.base import ms_of
from chalicelib.domain.errors import InvalidInput
from chalicelib.services import audit

blueprint = Blueprint(__name__)


@Route("GET", "/api/admin/audit", ADMIN, query=AuditQuery, answer=contract.AdminActionPage).on(blueprint)
def list_actions(query: AuditQuery) -> contract.AdminActionPage:
    """What administrators did in the last 90 days, newest first: every request that was to change something."""
    now = now_ms()
    until = min(now, ms_of(query.until)) if query.until is not None else now
    since = ms_of(query.since) if query.since is not None else now - audit.LONGEST
    if since > until:
        raise InvalidInput("A field is not valid", [{"field": "since", "problem": "must be before until"}])
    asked = audit.Asked(
        since=max(since, now - audit.LONGEST),
        until=until,
        operator=query.operator,
        action=query.action,
        target=query.target,
    )
    return audit.page(asked, query.limit, query.cursor)
