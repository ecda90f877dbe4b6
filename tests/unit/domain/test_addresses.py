"""IPv4 written as IPv6 is IPv4, wherever addresses are compared."""

from ipaddress import ip_address, ip_network

import pytest

from chalicelib.domain import addresses, keys
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.refusals import KeyNotAllowedHere
from chalicelib.domain.webhook_addresses import may_be_called
from ingest_container.base.settings import IngestSettings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:C000:0201", "192.0.2.1"),
        (" 2001:db8::1 ", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_an_address_has_one_form(text: str, expected: str) -> None:
    assert addresses.address(text) == ip_address(expected)


@pytest.mark.requirement("EN-7")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:0.0.0.0/96", "0.0.0.0/0"),
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("::/0", "::/0"),
    ],
)
def test_a_network_of_mapped_addresses_is_one_of_ipv4(text: str, expected: str) -> None:
    assert addresses.network(text) == ip_network(expected)


@pytest.mark.parametrize("text", ["", "192.0.2.1/24", "::ffff:192.0.2.1/96", "host", "192.0.2.0/33"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        addresses.network(text)


@pytest.mark.requirement("EN-7")
@pytest.mark.parametrize("allowed", ["203.0.113.7", "::ffff:203.0.113.7", "::ffff:203.0.113.0/120", "::ffff:0:0/96"])
@pytest.mark.parametrize("client", ["203.0.113.7", "::ffff:203.0.113.7"])
def test_an_allow_list_takes_both_forms_of_both_sides(allowed: str, client: str) -> None:
    key = StreamKey("hash", "key_1", "ch_1", "wxyz", KeyStatus.ACTIVE, 0, allow_list=[allowed])
    keys.check_place(key, client)
    for elsewhere in ("198.51.100.1", "::ffff:198.51.100.1") if "/96" not in allowed else ("2001:db8::1", None):
        with pytest.raises(KeyNotAllowedHere):
            keys.check_place(key, elsewhere)


def test_a_proxy_is_trusted_by_either_form_of_its_network() -> None:
    settings = IngestSettings(proxy_networks="::ffff:10.0.0.0/104")
    assert settings.trusts_proxy("10.1.2.3")
    assert settings.trusts_proxy("::ffff:10.1.2.3")
    assert not settings.trusts_proxy("11.1.2.3")


def test_a_webhook_may_go_to_either_form_of_an_allowed_network() -> None:
    allowed = [ip_network("::ffff:10.0.0.0/104")]
    assert may_be_called(ip_address("10.1.2.3"), allowed)
    assert may_be_called(ip_address("::ffff:10.1.2.3"), allowed)
    assert not may_be_called(ip_address("192.168.1.1"), allowed)
