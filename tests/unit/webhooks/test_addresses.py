"""Which addresses webhooks may lead to."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import pytest

from chalicelib.domain.webhook_addresses import may_be_called

pytestmark = pytest.mark.requirement("FX-10")

PUBLIC = ["8.8.8.8", "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:8.8.8.8"]
REFUSED = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "169.254.170.2", "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "239.255.255.250"),
    *("240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fe80::1%2", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "ff0e::1", "2001:db8::1"),
    # IPv4 addresses in IPv6 clothes: mapped, compatible, 6to4, NAT64, Teredo.
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::"),
    *("2002:a9fe:a9fe::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2001:0:1::1"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_may_be_called(address: str) -> None:
    assert may_be_called(ip_address(address), [])


@pytest.mark.parametrize("address", REFUSED)
def test_everything_else_is_refused(address: str) -> None:
    assert not may_be_called(ip_address(address), [])


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "2002:a01:203::", "fd12::1"])
def test_a_network_that_the_operator_names_may_be_called(address: str) -> None:
    named: list[IPv4Network | IPv6Network] = [ip_network("10.1.0.0/16"), ip_network("fd12::/64")]
    assert may_be_called(ip_address(address), named)


def test_a_named_network_allows_no_other() -> None:
    assert not may_be_called(ip_address("10.2.0.1"), [ip_network("10.1.0.0/16")])
