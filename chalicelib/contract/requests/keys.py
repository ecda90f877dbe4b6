"""Requests for new stream keys and lists of them; broadcasters and administrators send the same terms."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chalicelib.contract.requests.base import PageQuery, RequestModel, Time, WholeNumber, example, ms_of
from chalicelib.contract.requests.text import Text
from chalicelib.domain import addresses
from chalicelib.domain import keys as rules
from chalicelib.domain.keys import KeyReading, KeyRole


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
Networks = Annotated[list[Network], Field(max_length=rules.MAX_NETWORKS)]
Label = Annotated[str, Text(rules.MAX_LABEL, strip=True)]


class NewKey(RequestModel):
    """Times are ISO 8601 with a zone. `max_uses` is the number of streams that the key is valid for, with their
    interruptions; `one_time` is the same as 1. `allow_list` holds the networks from which the key may be used; empty
    means any. Everything published with a `test_only` key is a test stream, as with `?test=1` behind the key.

    With `broadcast_id` the key is for one planned broadcast of the channel: it is valid from 15 minutes
    before its start until two hours after its planned end, moves with it, and is revoked when it is removed."""

    model_config = example(label="Weekend tournament", role="guest", max_uses=1, allow_list=["203.0.113.0/24"])

    label: Label = ""
    not_before: Time | None = None
    expires_at: Time | None = None
    role: KeyRole = Field(default=KeyRole.OWNER, strict=False)
    max_uses: WholeNumber | None = Field(default=None, ge=1, le=rules.MAX_USES)
    one_time: bool = False
    allow_list: Networks = Field(default=[])
    test_only: bool = False
    broadcast_id: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None

    @model_validator(mode="after")
    def _one_number_of_uses(self) -> Self:
        if self.one_time and self.max_uses not in (None, 1):
            raise ValueError("max_uses of a one_time key must be 1")
        return self

    @model_validator(mode="after")
    def _one_source_of_times(self) -> Self:
        if self.broadcast_id is not None and (self.not_before or self.expires_at):
            raise ValueError("a key with a broadcast_id has no not_before and no expires_at: they are the broadcast's")
        return self

    def terms(self) -> rules.KeyTerms:
        return rules.KeyTerms(
            label=self.label,
            not_before=ms_of(self.not_before) if self.not_before is not None else None,
            expires_at=ms_of(self.expires_at) if self.expires_at is not None else None,
            role=self.role,
            max_uses=1 if self.one_time else self.max_uses,
            allow_list=list(dict.fromkeys(self.allow_list)),
            test_only=self.test_only,
            broadcast_id=self.broadcast_id,
        )


class KeyEdit(RequestModel):
    """Fields that are left out stay as they are. A time that is null is removed: the key is valid from now on, or
    never expires. `allow_list` and `test_only` apply to the next connection."""

    model_config = example(label="Ann's laptop", expires_at="2027-01-01T18:00:00Z")

    label: Label | None = None
    not_before: Time | None = None
    expires_at: Time | None = None
    allow_list: Networks | None = None
    test_only: bool | None = None

    def changes(self) -> dict[str, Any]:
        """By the names of `domain.keys.StreamKey`."""
        found: dict[str, Any] = {}
        if self.label is not None:
            found["label"] = self.label
        if self.allow_list is not None:
            found["allow_list"] = list(dict.fromkeys(self.allow_list))
        if self.test_only is not None:
            found["test_only"] = self.test_only
        for name in ("not_before", "expires_at"):
            if name in self.model_fields_set:
                time = getattr(self, name)
                found[name] = ms_of(time) if time is not None else None
        return found


class KeyRotation(RequestModel):
    """For `overlap_minutes` both keys are valid; 0 ends the old one immediately."""

    model_config = example(overlap_minutes=60)

    overlap_minutes: WholeNumber = Field(default=0, ge=0, le=rules.MAX_OVERLAP)


class NewKeyFor(NewKey):
    """A key for a broadcaster."""

    model_config = example(broadcaster_id="ch_0123456789abcdef01234567", label="Backup encoder")

    broadcaster_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class KeyQuery(PageQuery):
    """`status` selects the keys with that status."""

    status: KeyReading | None = Field(default=None, strict=False)
