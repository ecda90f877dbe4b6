"""Queries of administrators about refused publishers."""

from typing import Annotated

from pydantic import Field

from chalicelib.contract.requests.base import ID_FORM
from chalicelib.contract.requests.periods import PeriodQuery

Id = Annotated[str, Field(pattern=ID_FORM)]


class RefusalQuery(PeriodQuery):
    """`since` defaults to one day before `until`, and `until` to now. Without `broadcaster_id` the list includes
    publishers whose key is unknown."""

    broadcaster_id: Id | None = None
    reason: Annotated[str, Field(pattern="^[a-z_]{1,64}$")] | None = None
    key_id: Id | None = None
    client_ip: Annotated[str, Field(pattern="^[0-9A-Fa-f:.]{2,45}$")] | None = None
