"""The authorizer in front of the broadcaster's routes: what it denies, and what it cannot judge."""

import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib import config
from chalicelib.api.authorizer import broadcaster_auth
from chalicelib.api.gateway_responses import GATEWAY_RESPONSES
from chalicelib.domain.errors import IdentityUnavailable
from chalicelib.services import identity

ANYBODYS = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(autouse=True)
def an_issuer_that_is_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("STREAM_SYNC_OIDC_ISSUER", "https://issuer.example.com")
    monkeypatch.setenv("STREAM_SYNC_OIDC_JWKS_URL", "http://127.0.0.1:9/jwks.json")
    config.settings.cache_clear()
    identity._jwks.cache_clear()
    yield
    config.settings.cache_clear()
    identity._jwks.cache_clear()


def judge(token: str) -> dict[str, Any]:
    event = {
        "type": "TOKEN",
        "authorizationToken": f"Bearer {token}",
        "methodArn": "arn:aws:execute-api:us-east-1:123456789012:a1/api/GET/api/channel",
    }
    answer: dict[str, Any] = broadcaster_auth(event, None)
    return answer


@pytest.mark.requirement("ST-11")
def test_while_the_issuer_is_away_nobody_is_signed_out() -> None:
    """A denial would be a 401, which API Gateway keeps for the token; a failure is a 503 and is judged anew."""
    with pytest.raises(IdentityUnavailable):
        judge(jwt.encode({"sub": "someone"}, ANYBODYS, "RS256", {"kid": "key-1"}))
    answer = GATEWAY_RESPONSES["AUTHORIZER_FAILURE"]
    assert (answer.status, json.loads(answer.template)["code"]) == (503, "identity_unavailable")


@pytest.mark.requirement("ST-7")
def test_a_denial_allows_nothing_and_says_why() -> None:
    denied = judge("garbage")
    assert [statement["Resource"] for statement in denied["policyDocument"]["Statement"]] == [[]]
    assert denied["context"]["code"] == "token_invalid"
    assert denied["principalId"], "API Gateway demands one"
