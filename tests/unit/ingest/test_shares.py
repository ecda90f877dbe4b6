"""How much one client may take: an address, a /64 of IPv6; our own addresses as much as they ask for."""

from ipaddress import ip_network

import pytest

from ingest_container.base.shares import Shares

OURS = (ip_network("10.40.0.0/16"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("2001:db8::1", "2001:db8::ffff:1"),
        ("no address", "none either"),
    ],
)
def test_one_client_has_its_share_and_no_more(first: str, second: str) -> None:
    shares = Shares(2, OURS)
    assert [shares.take(first), shares.take(second), shares.take(first)] == [True, True, False]
    shares.give_back(second)
    assert shares.take(first)


@pytest.mark.parametrize(
    ("first", "second"), [("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8:0:1::1"), ("127.0.0.1", "192.0.2.1")]
)
def test_another_client_has_a_share_of_its_own(first: str, second: str) -> None:
    shares = Shares(1, OURS)
    assert shares.take(first)
    assert shares.take(second)


@pytest.mark.parametrize("address", ["10.40.1.2", "::ffff:10.40.1.2", "fd00::1"])
def test_our_own_addresses_have_no_limit(address: str) -> None:
    shares = Shares(1, OURS)
    assert all(shares.take(address) for _ in range(100))
    for _ in range(100):
        shares.give_back(address)


def test_nothing_is_kept_of_who_has_nothing() -> None:
    shares = Shares(1, OURS)
    for number in range(1_000):
        address = f"198.51.{number // 256}.{number % 256}"
        shares.take(address)
        shares.give_back(address)
    assert not shares._taken
