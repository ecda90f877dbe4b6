"""Which client a request is from, and how many of its requests may wait."""

import contextlib
from collections.abc import Iterator, Sequence

from aiohttp import web

from chalicelib.domain import addresses
from chalicelib.domain.addresses import Network
from ingest_container.base.shares import Shares
from ingest_container.media import answers


def client_address(request: web.Request, forwarded_networks: Sequence[Network]) -> str:
    """The nearest address that is none of our own proxies'; each of them adds the one that it was asked from.

    Raises ValueError for what is no address.
    """
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
    hops = [request.remote or "", *(hop for hop in reversed(forwarded) if hop.strip())]
    for hop in hops:
        address = addresses.address(hop)
        if not addresses.is_within(address, forwarded_networks):
            return str(address)
    return hops[-1]


class WaitingRequests:
    """Those that wait for a part, or for another node's answer."""

    def __init__(self, most: int, per_client: int, forwarded_networks: Sequence[Network]) -> None:
        self._most = most
        self._count = 0
        self._shares = Shares(per_client, forwarded_networks)
        self._forwarded_networks = forwarded_networks

    @contextlib.contextmanager
    def place(self, request: web.Request) -> Iterator[None]:
        """Raises 503 where all places are taken, 429 where this client has its share: a CDN caches no 429."""
        if self._count >= self._most:
            raise answers.unavailable("Too many requests wait here.")
        try:
            client = client_address(request, self._forwarded_networks)
        except ValueError:
            client = ""
        if not self._shares.take(client):
            raise web.HTTPTooManyRequests(headers={"Retry-After": "1"}, text="Too many requests of yours wait here.\n")
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1
            self._shares.give_back(client)
