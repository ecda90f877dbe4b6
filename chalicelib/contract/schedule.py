"""Shapes of planned broadcasts."""

from pydantic import BaseModel, Field

from chalicelib.contract.channels import PublicChannel
from chalicelib.domain.times import IsoTime


class PlannedBroadcast(BaseModel):
    """A broadcast that is planned, or should be on now."""

    broadcast_id: str
    title: str
    starts_at: IsoTime
    ends_at: IsoTime
    minutes: int = Field(description="Its planned length")
    time_zone: str = Field(description="The IANA time zone that it was planned in")


class Schedule(BaseModel):
    """All planned broadcasts of a channel that have not ended, the next one first."""

    broadcasts: list[PlannedBroadcast]


class PublicChannelPage(PublicChannel):
    """A channel with what is planned on it."""

    upcoming: list[PlannedBroadcast] = Field(description="The next five planned broadcasts, the next one first")
