"""What a browser is told with every answer."""

from collections.abc import Iterator

import pytest
from chalice.test import Client

from app import app
from chalicelib import config


@pytest.fixture(autouse=True)
def forget_settings() -> Iterator[None]:
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()


def headers_of(path: str, stage: str) -> dict[str, str]:
    """The client takes its environment from that stage in `.chalice/config.json`."""
    with Client(app, stage_name=stage) as client:
        return {name.lower(): value for name, value in client.http.get(path).headers.items()}


@pytest.mark.requirement("HI-10")
@pytest.mark.parametrize("path", ["/openapi.json", "/api/admin/nodes"])
def test_a_deployed_api_is_read_as_what_it_says_and_over_tls_only(path: str) -> None:
    headers = headers_of(path, "dev")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"] == "max-age=31536000"


def test_the_laptops_plain_http_is_not_told_of_tls() -> None:
    headers = headers_of("/openapi.json", "local")
    assert headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" not in headers
