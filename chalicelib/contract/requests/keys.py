"""Requests for new stream keys and lists of them; broadcasters and administrators send the same terms."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.contract.requests.base import PageQuery, RequestModel, Time, example, ms_of
from chalicelib.contract.requests.text import Text
from chalicelib.domain import addresses
from chalicelib.domain import keys as rules
from chalicelib.domain.keys import KeyReading


def _network(text: str) -> str:
    try:
        return str(addresses.network(text))
    except ValueError:
        raise ValueError("must be a network such as 203.0.113.0/24 or an address") from None


Network = Annotated[
    str,
    StringConstraints(max_length=50),
    AfterValidator(_network),
    Field(json_schema_extra={"format": "ipvanynetwork"}),
]
Label = Annotated[str, Text(rules.MAX_LABEL, strip=True)]


class NewKey(RequestModel):
    """Times are ISO 8601 with a zone. A `one_time` key is valid for one stream. `allow_list` holds the networks from
    which the key may be used; empty means any."""

    model_config = example(label="Weekend tournament", one_time=True, allow_list=["203.0.113.0/24"])

    label: Label = ""
    not_before: Time | None = None
    expires_at: Time | None = None
    one_time: bool = False
    allow_list: list[Network] = Field(default=[], max_length=rules.MAX_NETWORKS)

    def terms(self) -> rules.KeyTerms:
        return rules.KeyTerms(
            label=self.label,
            not_before=ms_of(self.not_before) if self.not_before is not None else None,
            expires_at=ms_of(self.expires_at) if self.expires_at is not None else None,
            one_time=self.one_time,
            allow_list=list(dict.fromkeys(self.allow_list)),
        )


class NewKeyFor(NewKey):
    """A key for a broadcaster."""

    model_config = example(broadcaster_id="ch_0123456789abcdef01234567", label="Backup encoder")

    broadcaster_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class KeyQuery(PageQuery):
    """`status` selects the keys with that status."""

    status: KeyReading | None = Field(default=None, strict=False)
