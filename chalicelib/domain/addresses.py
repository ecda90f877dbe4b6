"""IP addresses and networks in one form: IPv4 is IPv4, also where it is written as IPv6 (`::ffff:192.0.2.1`).

Dual-stack sockets show IPv4 clients in the mapped form, and people copy it from logs into allow lists. What is compared
is brought into this form first, on both sides.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# One subscriber commonly has a whole /64 of IPv6 (RFC 6177), and may take another address of it for each connection.
SUBSCRIBER_PREFIX = 64

LOOPBACK: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))

_MAPPED = IPv6Network("::ffff:0:0/96")  # RFC 4291, 2.5.5.2


def address(text: str) -> Address:
    """An address, without the zone that link-local ones carry (`%eth0`). Raises ValueError."""
    parsed = ip_address(text.strip().partition("%")[0])
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed


def network(text: str) -> Network:
    """A network in CIDR form, or one address. Raises ValueError, also where bits are set behind the prefix."""
    return unmapped(ip_network(text.strip()))


def unmapped(given: Network) -> Network:
    """A network of mapped addresses as the IPv4 network that it stands for; any other as it is."""
    if isinstance(given, IPv6Network) and given.subnet_of(_MAPPED):
        mapped = int(given.network_address) & 0xFFFF_FFFF
        return IPv4Network((mapped, given.prefixlen - _MAPPED.prefixlen))
    return given


def is_within(given: Address, networks: Iterable[Network]) -> bool:
    """Whether it is in one of the networks."""
    return any(given in network for network in networks if network.version == given.version)


def subscriber(text: str) -> str:
    """Whose address it is, as far as addresses tell. Raises ValueError."""
    parsed = address(text)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), SUBSCRIBER_PREFIX), strict=False))
    return str(parsed)
