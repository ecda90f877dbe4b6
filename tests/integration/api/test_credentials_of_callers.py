"""Who gets in over HTTP: each route by its own credential, and every refusal the same clear problem."""

import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.integration.api.conftest import Answer, Client, token
from tests.support.stack import Stack

BROADCASTER_ROUTES = [
    ("GET", "/api/channel"),
    ("PATCH", "/api/channel"),
    ("GET", "/api/channel/credentials"),
    ("POST", "/api/channel/credentials/reset"),
    ("POST", "/api/channel/stop"),
    ("POST", "/api/channel/playback-tokens"),
    ("POST", "/api/streams/generate-key"),
    ("GET", "/api/streams"),
    ("GET", "/api/channel/keys"),
]
ADMIN_ROUTES = [("GET", "/api/admin/streams"), ("GET", "/api/admin/nodes"), ("GET", "/api/admin/keys")]
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.requirement("SO-15")
@pytest.mark.requirement("ST-11")
@pytest.mark.parametrize(("method", "path"), BROADCASTER_ROUTES)
def test_without_a_token_no_broadcasters_route_answers(anyone: Client, method: str, path: str) -> None:
    anyone(method, path).problem(401, "token_missing")


@pytest.mark.requirement("SO-9")
@pytest.mark.parametrize(("method", "path"), ADMIN_ROUTES)
def test_without_an_administrators_credential_no_admin_route_answers(
    anyone: Client, me: Client, method: str, path: str
) -> None:
    anyone(method, path).problem(401, "admin_secret_invalid")
    me(method, path).problem(403, "admin_role_missing")
    for wrong in ("", "x", "x" * 40, "x" * 4_000, "\xe9"):
        me(method, path, X_Api_Key=wrong).problem(401, "admin_secret_invalid")


@pytest.mark.requirement("SO-9")
@pytest.mark.parametrize(("method", "path"), ADMIN_ROUTES)
def test_the_shared_secret_opens_the_admin_routes_and_no_broadcasters(admin: Client, method: str, path: str) -> None:
    assert admin(method, path).status == 200
    admin.get("/api/channel").problem(401, "token_missing")


def of_issuer(stack: Stack, key: object, kid: str, **claims: object) -> str:
    env = stack.environment()
    whole = {
        "sub": "x",
        "iss": env["STREAM_SYNC_OIDC_ISSUER"],
        "aud": env["STREAM_SYNC_OIDC_AUDIENCE"],
        "exp": int(time.time()) + 600,
    }
    return jwt.encode(whole | claims, key, "RS256", {"kid": kid})  # type: ignore[arg-type]


@pytest.mark.requirement("ST-7")
def test_forged_tokens_are_refused(stack: Stack, anyone: Client) -> None:
    kid = jwt.get_unverified_header(stack.token())["kid"]
    none = jwt.encode({"sub": "x", "exp": int(time.time()) + 600}, None, "none")  # type: ignore[arg-type]
    head, body, signature = token(stack).split(".")
    forged = {
        "garbage": "garbage",
        "a byte that is no text": "\xe9.b.c",
        "alg none": none,
        "another secret": token(stack, secret="x" * 48),
        "no expiry": token(stack, exp=None),
        "another algorithm": token(stack, algorithm="HS384"),
        "a changed body": f"{head}.{body[:-2]}AA.{signature}",
        "no signature": f"{head}.{body}.",
        "another key under the issuer's name": of_issuer(stack, FOREIGN_KEY, kid),
        "a key that the issuer has not": of_issuer(stack, FOREIGN_KEY, "unknown"),
        "another issuer": of_issuer(stack, FOREIGN_KEY, kid, iss="https://evil.example.com"),
    }
    for how, value in forged.items():
        document = anyone.get("/api/channel", Authorization=f"Bearer {value}").problem(401, "token_invalid")
        assert value not in str(document), how


@pytest.mark.requirement("ST-7")
def test_an_expired_token_is_told_apart(stack: Stack, anyone: Client) -> None:
    expired = token(stack, exp=int(time.time()) - 60)
    anyone.get("/api/channel", Authorization=f"Bearer {expired}").problem(401, "token_expired")


@pytest.mark.requirement("ST-7")
def test_the_sign_ins_own_token_is_taken(stack: Stack, anyone: Client) -> None:
    assert anyone.get("/api/channel", Authorization=f"Bearer {stack.token()}").status == 200


def test_a_token_in_the_query_is_no_credential(stack: Stack, anyone: Client) -> None:
    anyone.get(f"/api/channel?token={token(stack)}").problem(401, "token_missing")
    anyone.get(f"/api/channel?access_token={token(stack)}").problem(401, "token_missing")


@pytest.mark.requirement("ST-8")
def test_browsers_of_our_origins_may_call_and_others_not(stack: Stack, me: Client, anyone: Client) -> None:

    def preflight(origin: str) -> Answer:
        return anyone(
            "OPTIONS",
            "/api/channel",
            Origin=origin,
            Access_Control_Request_Method="PATCH",
            Access_Control_Request_Headers="authorization",
        )

    ours = preflight(stack.http_url)
    assert ours.status in (200, 204)
    assert ours.headers["access-control-allow-origin"] == stack.http_url
    assert ours.headers["access-control-allow-credentials"] == "true"
    assert "PATCH" in ours.headers["access-control-allow-methods"]
    assert "authorization" in ours.headers["access-control-allow-headers"].lower()
    for strange in ("https://evil.example.com", "null", stack.http_url + ".evil.example.com"):
        assert "access-control-allow-origin" not in preflight(strange).headers
        assert "access-control-allow-origin" not in me.get("/api/channel", Origin=strange).headers
    answer = me.get("/api/channel", Origin=stack.http_url)
    assert answer.headers["access-control-allow-origin"] == stack.http_url
    assert "origin" in answer.headers["vary"].lower()
