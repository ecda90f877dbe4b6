"""Queries about what administrators did."""

from typing import Annotated

from pydantic import Field

from chalicelib.contract.requests.periods import PeriodQuery
from chalicelib.contract.requests.refusals import Id
from chalicelib.contract.requests.text import Text
from chalicelib.domain import broadcasters as people


class AuditQuery(PeriodQuery):
    """`since` defaults to 90 days before now, and `until` to now. `operator` is a user id, or `shared secret`;
    `target` is an id in the path of the request, for example of a broadcaster."""

    operator: Annotated[str, Text(people.MAX_USER_ID, shortest=1)] | None = None
    action: Annotated[str, Field(pattern="^[a-z_]{1,64}$")] | None = None
    target: Id | None = None
