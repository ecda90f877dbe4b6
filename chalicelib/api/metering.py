"""Metrics of the functions: written when an invocation ends, if there was anything to count."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from chalicelib import counters, emf
from chalicelib.domain.errors import StreamSyncError
from chalicelib.domain.metrics import AUTH_REFUSALS, BY_NAME, SERVER_ERRORS, Service


def middleware(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Around every handler, whatever it is invoked by. Authorizers have no middleware: theirs calls `write` itself."""
    try:
        return get_response(event)
    finally:
        write()


def answered(error: StreamSyncError) -> None:
    """A request got this answer."""
    if error.http_status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        counters.count(AUTH_REFUSALS, label=error.code)
    elif error.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        counters.count(SERVER_ERRORS)


def write() -> None:
    sums, shares = counters.by_metric(counters.take())
    emf.write(Service.CONTROL, sums, {f"{name}_by_{BY_NAME[name].label}": split for name, split in shares.items()})
