"""Structured logs (JSON, one line an entry) for both planes. A stream key is never logged: its id is."""

from functools import lru_cache

from aws_lambda_powertools import Logger

from chalicelib.config import settings


@lru_cache(maxsize=8)
def logger(service: str) -> Logger:
    """The logger of one service: `control` or `ingest`."""
    return Logger(service=service, level=settings().log_level, utc=True, use_rfc3339=True)
