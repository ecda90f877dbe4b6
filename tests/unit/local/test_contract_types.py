"""The dashboard's types are those of the API."""

from chalicelib.contract import OwnChannel
from chalicelib.domain import channels
from local import contract_types


def test_the_dashboards_types_are_those_of_the_api() -> None:
    """`make api-docs` writes them anew."""
    assert contract_types.FILE.read_text() == contract_types.rendered()


def test_each_field_of_the_owners_channel_is_declared() -> None:
    _, _, after = contract_types.rendered().partition("export interface OwnChannel {\n")
    declaration, _, _ = after.partition("}\n")
    lines = [line.strip() for line in declaration.splitlines() if "readonly" in line]
    assert [line.split()[1].rstrip(":") for line in lines] == list(OwnChannel.model_fields)


def test_limits_are_those_of_the_domain() -> None:
    limits = contract_types.limits()["ChannelEdit"]
    assert limits["title"] == {"maxLength": channels.MAX_TITLE}
    assert limits["tags"] == {"maxItems": channels.MAX_TAGS, "items": {"minLength": 1, "maxLength": channels.MAX_TAG}}
