"""Requests of a broadcaster about their schedule."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from chalicelib.contract.requests.base import RequestModel, Time, WholeNumber, example, ms_of
from chalicelib.contract.requests.text import Text
from chalicelib.domain import channels as sizes
from chalicelib.domain import schedule as rules

Title = Annotated[str, Text(sizes.MAX_TITLE, shortest=1, strip=True)]
Minutes = Annotated[WholeNumber, Field(ge=rules.SHORTEST_MINUTES, le=rules.LONGEST_MINUTES)]
Zone = Annotated[
    str,
    Field(max_length=rules.MAX_ZONE),
    AfterValidator(rules.check_zone),
    Field(json_schema_extra={"pattern": rules.ZONE_PATTERN}),
]


class NewBroadcast(RequestModel):
    """`starts_at` is ISO 8601 with an offset, at most a year ahead. `time_zone` is the IANA name of the zone that it is
    planned in."""

    model_config = example(
        title="Friday night speedrun", starts_at="2026-12-04T20:00:00+01:00", minutes=120, time_zone="Europe/Berlin"
    )

    title: Title
    starts_at: Time
    minutes: Minutes
    time_zone: Zone


class BroadcastEdit(RequestModel):
    """Fields that are left out stay as they are."""

    model_config = example(starts_at="2026-12-04T21:00:00+01:00")

    title: Title | None = None
    starts_at: Time | None = None
    minutes: Minutes | None = None
    time_zone: Zone | None = None

    def changes(self) -> dict[str, Any]:
        found = self.model_dump(exclude_none=True)
        return found | ({"starts_at": ms_of(self.starts_at)} if self.starts_at is not None else {})
