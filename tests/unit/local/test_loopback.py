"""Requests to our own processes carry tokens and secrets: they go where they were sent, and nowhere else."""

import urllib.error
import urllib.request

import pytest

from local.loopback import answers, open_url
from tests.support.fake_mediamtx import running_mediamtx


def test_a_redirect_is_an_error_and_no_second_request() -> None:
    with running_mediamtx() as one, running_mediamtx() as other:
        one.redirect_to = other.url
        request = urllib.request.Request(f"{one.url}/v3/paths/list", headers={"Authorization": "Bearer secret"})
        with pytest.raises(urllib.error.HTTPError, match="307"):
            open_url(request, timeout=5)
        assert not answers(f"{one.url}/v3/paths/list")
        assert other.requests == []
