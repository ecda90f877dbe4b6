"""Reports of tabs that play: `POST /live/{channel}/viewers`.

    {"id": 32 hexadecimal digits, drawn by the tab, "token": of the last answer, "leave": true when it is closed}
    -> {"token": ..., "sample_rate": ..., "next_report_s": ...}

A viewer counts from the second report on, which must bring the first one's token, some seconds old: whoever makes
viewers up has to come back for each of them, from the same address block, every few seconds. Nothing is stored: an
address is known here as a keyed hash of its block, in memory, and the key is drawn anew each day.
"""

import asyncio
import hmac
import json
import re
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address

from aiohttp import web

from chalicelib.domain import addresses
from chalicelib.domain.addresses import Network
from ingest_container.base.clock import steady
from ingest_container.media import answers
from ingest_container.media.audience import REPORT_EVERY_S, ReportLimits
from ingest_container.media.clients import client_address
from ingest_container.media.packager import Packager

MAX_BODY_BYTES = 512
BODY_SECONDS = 5.0
FIRST_REPORT_S = 8.0  # from the first report, which brings a token, to the second
MIN_TOKEN_AGE_S, MAX_TOKEN_AGE_S = 5.0, 120.0
KEY_SECONDS = 24 * 3600.0
BLOCK_BITS = {4: 24, 6: 48}
BLOCK_REPORTS = 64  # a second, from one address block
NODE_REPORTS = 1_000  # a second, in all

DEFAULTS = ReportLimits()

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Report:
    """As it was sent."""

    viewer_id: str
    token: str
    leave: bool


class ViewerReports:
    """Of one node."""

    def __init__(self, forwarded_networks: Sequence[Network], limits: ReportLimits = DEFAULTS) -> None:
        """`forwarded_networks`: whose X-Forwarded-For is believed."""
        self.limits = limits  # of each channel at present
        self._forwarded_networks = forwarded_networks
        self._key, self._key_until = b"", 0.0
        self._second = 0  # that `_came` is of
        self._came: Counter[bytes] = Counter()

    async def answer(self, request: web.Request, packager: Packager) -> web.Response:
        """Raises what aiohttp answers as 400, 408, 411, 413, 429, 503."""
        now = steady()
        block = self._block(request, now)
        self._check_rate(block, now)
        report = parse(await read(request))
        age = self._age(report, packager.channel_id, block, now)
        if report.leave:
            if age is not None:
                packager.audience.leave(report.viewer_id)
            return web.Response(status=204, headers={"Cache-Control": answers.NO_STORE})
        is_known = age is not None and MIN_TOKEN_AGE_S <= age <= MAX_TOKEN_AGE_S
        if is_known:
            packager.audience.report(report.viewer_id, block, now, self.limits)
        return web.json_response(
            {
                "token": self._token(report.viewer_id, packager.channel_id, block, now),
                "sample_rate": packager.audience.sample_rate,
                "next_report_s": REPORT_EVERY_S if is_known else FIRST_REPORT_S,
            },
            headers={"Cache-Control": answers.NO_STORE},
        )

    # --- who reports -------------------------------------------------------------------------------------------

    def _block(self, request: web.Request, now: float) -> bytes:
        """Of the client's address, hashed; an address that cannot be read is in a block with all others like it."""
        if now >= self._key_until:
            self._key, self._key_until = secrets.token_bytes(32), now + KEY_SECONDS
        try:
            address = addresses.address(client_address(request, self._forwarded_networks))
            bits = BLOCK_BITS[address.version]
            most = 128 if isinstance(address, IPv6Address) else 32
            block = f"{address.version}/{int(address) >> (most - bits)}"
        except ValueError:
            block = "unknown"
        return hmac.digest(self._key, block.encode(), "sha256")[:8]

    def _check_rate(self, block: bytes, now: float) -> None:
        if int(now) != self._second:
            self._second = int(now)
            self._came.clear()
        self._came[block] += 1
        if self._came[block] > BLOCK_REPORTS:
            raise web.HTTPTooManyRequests(headers={"Retry-After": "20"}, text="Too many reports from this network.\n")
        if self._came.total() > NODE_REPORTS:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "20"}, text="Too many reports.\n")

    # --- tokens ------------------------------------------------------------------------------------------------

    def _token(self, viewer_id: str, channel_id: str, block: bytes, now: float) -> str:
        at = f"{round(now * 1000):x}"
        return f"{at}.{self._signature(viewer_id, channel_id, block, at)}"

    def _signature(self, viewer_id: str, channel_id: str, block: bytes, at: str) -> str:
        said = "\n".join((viewer_id, channel_id, block.hex(), at))
        return hmac.new(self._key, said.encode(), sha256).hexdigest()[:32]

    def _age(self, report: Report, channel_id: str, block: bytes, now: float) -> float | None:
        """Of the report's token, in seconds; None if it is not one that this id got here."""
        at, _, signature = report.token.partition(".")
        wanted = self._signature(report.viewer_id, channel_id, block, at)
        if not hmac.compare_digest(signature.encode(), wanted.encode()):
            return None
        return now - int(at, 16) / 1000


async def read(request: web.Request) -> bytes:
    """The body, which is short."""
    length = request.content_length
    if length is None:
        raise web.HTTPLengthRequired()
    if length > MAX_BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(MAX_BODY_BYTES, length)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout() from None


def parse(body: bytes) -> Report:
    """Raises 400."""
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise web.HTTPBadRequest(text="The body is a JSON object.\n")
    viewer_id, token = given.get("id"), given.get("token") or ""
    if not isinstance(viewer_id, str) or not _ID.fullmatch(viewer_id):
        raise web.HTTPBadRequest(text="id is 32 hexadecimal digits, drawn at random by the page.\n")
    if not isinstance(token, str):
        raise web.HTTPBadRequest(text="token is that of the last answer, or null.\n")
    return Report(viewer_id, token, given.get("leave") is True)
