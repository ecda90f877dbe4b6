"""Which addresses a webhook may lead to: the public internet, and networks that the operator allows by name."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address

from chalicelib.domain.addresses import Address, Network, unmapped


def may_be_called(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether `address` is global unicast, or in one of the `allowed` networks.

    The registries behind `is_global` hold private, loopback, link-local (with the clouds' metadata services), shared
    and documentation networks. What they leave to the reader: multicast and reserved blocks, and IPv6 addresses that
    carry an IPv4 one, which is judged in their place.
    """
    inner = _carried(address)
    if inner is not None:
        return may_be_called(inner, allowed)
    if any(address in unmapped(network) for network in allowed):
        return True
    site_local = isinstance(address, IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or site_local)


def _carried(address: Address) -> IPv4Address | None:
    """The IPv4 address in `::ffff:a.b.c.d` (mapped) or `2002:aabb:ccdd::` (6to4).

    Teredo's (2001::/32) is not looked at: that block is no global one. Nor NAT64's (64:ff9b::/96): it is reserved.
    """
    return (address.ipv4_mapped or address.sixtofour) if isinstance(address, IPv6Address) else None
