"""The form that a webhook's URL must have."""

import pytest

from chalicelib.domain.errors import WebhookUrlRefused
from chalicelib.domain.webhooks import MAX_URL, check_url, host_and_port

pytestmark = pytest.mark.requirement("FX-10")


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("https://example.com", ("example.com", 443)),
        ("https://example.com/hooks?tenant=7", ("example.com", 443)),
        ("https://example.com:8443/", ("example.com", 8443)),
        ("https://[2606:2800::1]/", ("2606:2800::1", 443)),
    ],
)
def test_good_urls(url: str, leads_to: tuple[str, int]) -> None:
    check_url(url, https_only=True)
    assert host_and_port(url) == leads_to


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "//example.com/",
        "example.com",
        "",
        "https://",
        "https:///path",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://@example.com/",
        "https://example.com/#part",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:port/",
        "https://[::1/",
        "https://exam ple.com/",
        "https://example.com/\r\nX-Injected: 1",
        "https://example.com/\t",
        "https://exämple.com/",
        "https://example.com/" + "a" * MAX_URL,
    ],
)
def test_refused_urls(url: str) -> None:
    with pytest.raises(WebhookUrlRefused):
        check_url(url, https_only=True)


def test_plain_http_only_where_it_is_allowed() -> None:
    check_url("http://127.0.0.1:9000/", https_only=False)
    with pytest.raises(WebhookUrlRefused):
        check_url("gopher://127.0.0.1:9000/", https_only=False)
