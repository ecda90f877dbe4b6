"""Queries about what administrators did."""

from typing import Annotated

from pydantic import Field

from chalicelib.contract.requests.base import PageQuery
from chalicelib.contract.requests.refusals import Id, QueryTime
from chalicelib.contract.requests.text import Text
from chalicelib.domain import broadcasters as people


class AuditQuery(PageQuery):
    """`since` defaults to 90 days before now, and `until` to now. `operator` is a user id, or `shared secret`;
    `target` is an id in the path of the request, for example of a broadcaster."""

    operator: Annotated[str, Text(people.MAX_USER_ID, shortest=1)] | None = None
    action: Annotated[str, Field(pattern="^[a-z_]{1,64}$")] | None = None
    target: Id | None = None
    since: QueryTime | None = None
    until: QueryTime | None = None
