"""Who answers a request for a channel: this node, another one, or nobody.

The row names the node that carries the stream. What is private, blocked or unknown is not found. While a test runs, the
channel is offline for everybody but its owner.
"""

from dataclasses import replace
from typing import Protocol

from aiohttp import web

from chalicelib.services.reading.viewing import Carrier, Viewing
from ingest_container.base.clock import steady
from ingest_container.base.lookups import Unavailable
from ingest_container.media import answers, path_tokens
from ingest_container.media.clients import WaitingRequests
from ingest_container.media.forwarding import Forwarding, NotForwarded, is_forwarded
from ingest_container.media.packager import Packager
from ingest_container.media.packaging import Packaging

NO_TIME = float("-inf")
RECENT = 0.25  # seconds: how old a row may be that says where an encoder has gone
UNREACHABLE = "The node that carries this stream cannot be reached."


class Directory(Protocol):
    """Raises `lookups.Unavailable`."""

    @property
    def node_id(self) -> str:
        """Of this node."""

    async def channel(self, channel_id: str, since: float = NO_TIME) -> Viewing | None:
        """As it was after `since`. None where nobody may watch."""

    async def last_carrier(self, channel_id: str, stream_id: str) -> Carrier | None:
        """Of a stream that does not run any more."""


class Carriers:
    """What handlers ask before they answer."""

    def __init__(
        self, packaging: Packaging, directory: Directory, forwarding: Forwarding, waiting: WaitingRequests
    ) -> None:
        self._packaging = packaging
        self._directory = directory
        self._forwarding = forwarding
        self._waiting = waiting

    async def viewing(self, request: web.Request, since: float = NO_TIME) -> Viewing:
        """Raises 404 where the client may not watch, 403 where it might have, 503 where nobody can tell."""
        has_token = path_tokens.check(request, request.match_info["channel"])
        try:
            viewing = await self._directory.channel(request.match_info["channel"], since)
        except Unavailable:
            raise answers.unavailable("The channel cannot be looked up.") from None
        if viewing is None or (viewing.is_private and not has_token):
            raise web.HTTPNotFound()
        if viewing.is_test and not path_tokens.is_preview(request, request.match_info["channel"]):
            return replace(viewing, stream_id=None, carrier=None)
        return viewing

    async def running(self, request: web.Request) -> tuple[Packager | None, Carrier | None]:
        """What this node has of the channel's present stream, and which node carries it. Raises as above."""
        viewing = await self.viewing(request)
        return self.present_packager(request), viewing.carrier

    def present_packager(self, request: web.Request) -> Packager | None:
        """Of the stream that runs on the channel, where it runs here and the client may see it."""
        return _allowed(request, self._packaging.current(request.match_info["channel"]))

    async def stream(self, request: web.Request, since: float = NO_TIME) -> tuple[Packager | None, Carrier | None]:
        """What this node has of the stream that is asked for, and which node carries it. Raises as above."""
        channel_id, stream_id = request.match_info["channel"], request.match_info["stream"]
        packager = _allowed(request, self._packaging.of_stream(channel_id, stream_id))
        if packager is not None and packager.left_at is not None:
            since = max(since, packager.left_at)  # an older row does not tell of an encoder that moved
        viewing = await self.viewing(request, since)
        if viewing.stream_id == stream_id:
            return packager, viewing.carrier
        if packager is not None:  # it ended here
            return packager, None
        try:
            return None, await self._directory.last_carrier(channel_id, stream_id)
        except Unavailable:
            raise answers.unavailable("The stream cannot be looked up.") from None

    async def present(self, request: web.Request, packager: Packager) -> Carrier | None:
        """Who carries the packager's stream now: None while this node does."""
        if packager.left_at is None:
            return None
        _, carrier = await self.stream(request, steady() - RECENT)
        return carrier

    def is_elsewhere(self, request: web.Request, packager: Packager | None, carrier: Carrier | None) -> bool:
        """Whether the other node is to answer."""
        if carrier is None or carrier.node_id == self._directory.node_id or is_forwarded(request):
            return False
        return packager is None or packager.fence <= carrier.fence

    async def forward(self, request: web.Request, carrier: Carrier | None) -> web.StreamResponse:
        """What the other node answers. Raises 429, 503."""
        try:
            with self._waiting.place(request):
                return await self._forwarding.answer(request, _origin_of(carrier))
        except NotForwarded:
            raise answers.unavailable(UNREACHABLE) from None

    async def relay(self, request: web.Request, carrier: Carrier | None, body: bytes) -> web.Response:
        """A POST with this body, likewise. Raises 503."""
        try:
            return await self._forwarding.relay(request, _origin_of(carrier), body)
        except NotForwarded:
            raise answers.unavailable(UNREACHABLE) from None


def _allowed(request: web.Request, packager: Packager | None) -> Packager | None:
    """Test streams need a token for them. A row may be too old to tell: the node that carries the stream knows."""
    if packager is not None and packager.is_test and not path_tokens.is_preview(request, packager.channel_id):
        return None
    return packager


def _origin_of(carrier: Carrier | None) -> str:
    if carrier is None or not carrier.origin:
        raise NotForwarded("Its node is gone, or has no origin")
    return carrier.origin
