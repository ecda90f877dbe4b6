"""Shapes of what administrators did."""

from pydantic import BaseModel, Field

from chalicelib.domain.times import IsoTime


class AdminAction(BaseModel):
    """One request of an administrator that was to change something."""

    at: IsoTime
    operator: str = Field(description="The user id in the token, or `shared secret`")
    email: str | None = Field(description="The verified address in the token")
    by: str | None = Field(description="Whom a caller with the shared secret named")
    action: str = Field(description="The `operationId` of the request")
    target: dict[str, str] = Field(description="The ids in its path")
    why: str | None = Field(description="The reason that was given")
    address: str = Field(description="Where the request came from")
    status: int | None = Field(description="Of the answer; null if the request did not come to its end")


class AdminActionPage(BaseModel):
    """Newest first."""

    actions: list[AdminAction]
    next_cursor: str | None
