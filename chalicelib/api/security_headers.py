"""Headers of every answer that tell a browser how to treat it."""

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.config import LOCAL, settings

NO_SNIFF = {"X-Content-Type-Options": "nosniff"}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}  # a year


def middleware(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Adds them. Strict-Transport-Security only where we are reached over TLS (RFC 6797, 7.2): not on the laptop."""
    answer = get_response(request)
    answer.headers.update(NO_SNIFF if settings().stage == LOCAL else NO_SNIFF | HSTS)
    return answer
