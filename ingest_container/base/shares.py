"""How much of one thing each client has: connections, or requests that wait.

A client is an IPv4 address or an IPv6 /64. Our own addresses have no limit: a load balancer, or another node, asks for
many clients at once.
"""

from collections import Counter
from collections.abc import Sequence

from chalicelib.domain import addresses
from chalicelib.domain.addresses import Network


class Shares:
    """Counts what each client has of one thing, `most` of it at most."""

    def __init__(self, most: int, own_networks: Sequence[Network]) -> None:
        self._most = most
        self._own_networks = own_networks
        self._taken: Counter[str] = Counter()

    def take(self, address: str) -> bool:
        """False if it has all it may have; `give_back` is called otherwise."""
        who = self._who(address)
        if who is None:
            return True
        if self._taken[who] >= self._most:
            return False
        self._taken[who] += 1
        return True

    def give_back(self, address: str) -> None:
        who = self._who(address)
        if who is not None:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]

    def _who(self, address: str) -> str | None:
        """Who is counted: None for our own addresses. All that are no addresses are one client."""
        try:
            if addresses.is_within(addresses.address(address), self._own_networks):
                return None
            return addresses.subscriber(address)
        except ValueError:
            return ""
