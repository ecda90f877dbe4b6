"""The body that asks for a new stream key; broadcasters and administrators send the same."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from chalicelib.api.free_text import Text
from chalicelib.api.http import RequestModel, example
from chalicelib.domain import addresses
from chalicelib.domain import keys as rules


def _network(text: str) -> str:
    try:
        return str(addresses.network(text))
    except ValueError:
        raise ValueError("must be a network such as 203.0.113.0/24 or an address") from None


# Beyond, a time in another zone is no time in UTC.
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def _in_the_calendar(time: datetime) -> datetime:
    if not _EARLIEST <= time < _LATEST:
        raise ValueError("must lie between the years 1970 and 9998")
    return time


Time = Annotated[AwareDatetime, AfterValidator(_in_the_calendar)]
Network = Annotated[
    str,
    StringConstraints(max_length=50),
    AfterValidator(_network),
    Field(json_schema_extra={"format": "ipvanynetwork"}),
]
Label = Annotated[str, Text(rules.MAX_LABEL, strip=True)]


class NewKey(RequestModel):
    """Times are ISO 8601 with a zone. `one_time`: good for one stream. `allow_list`: networks it may be used from."""

    model_config = example(label="Weekend tournament", one_time=True, allow_list=["203.0.113.0/24"])

    label: Label = ""
    not_before: Time | None = None
    expires_at: Time | None = None
    one_time: bool = False
    allow_list: list[Network] = Field(default=[], max_length=rules.MAX_NETWORKS)

    def terms(self) -> rules.KeyTerms:
        return rules.KeyTerms(
            label=self.label,
            not_before=_ms(self.not_before),
            expires_at=_ms(self.expires_at),
            one_time=self.one_time,
            allow_list=list(dict.fromkeys(self.allow_list)),
        )


def _ms(time: datetime | None) -> int | None:
    return None if time is None else round(time.timestamp() * 1000)
