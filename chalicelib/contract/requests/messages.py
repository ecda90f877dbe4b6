"""Messages that a WebSocket client may send."""

from typing import Literal

from chalicelib.contract.requests.base import RequestModel


class ClientMessage(RequestModel):
    action: Literal["snapshot", "ping"]
