"""Under which address other machines reach this one."""

import contextlib
import socket
from ipaddress import ip_address

# Documentation addresses (RFC 5737, RFC 3849): connecting a UDP socket sends nothing, it only picks the way out.
ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def listens_everywhere(host: str) -> bool:
    """`0.0.0.0` and `::`."""
    return ip_address(host).is_unspecified


def reachable_address(host: str) -> str:
    """`host`, or for one that means every address: this machine's address on the way to other networks.

    127.0.0.1 where there is no network.
    """
    if not listens_everywhere(host):
        return host
    for family, elsewhere in ELSEWHERE:
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))
            return str(probe.getsockname()[0])
    return "127.0.0.1"


def in_url(host: str) -> str:
    """An address as URLs write it (RFC 3986, section 3.2.2)."""
    return f"[{host}]" if ":" in host else host
