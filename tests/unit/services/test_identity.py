"""Which tokens are believed: one issuer by its key set, one by a shared secret, each with its own algorithm only."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import config
from chalicelib.domain.errors import (
    AdminSecretInvalid,
    IdentityUnavailable,
    StreamSyncError,
    TokenExpired,
    TokenInvalid,
    TokenMissing,
)
from chalicelib.services import identity

SECRET = "s" * 40
ISSUER, AUDIENCE = "https://issuer.example.com/pool", "client-1"
OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
THEIRS = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class KeySet:
    """The issuer's JWKS, over HTTP; `body` may be damaged."""

    body: bytes
    asked: int = 0
    server: ThreadingHTTPServer = field(init=False)

    def __post_init__(self) -> None:
        key_set = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                key_set.asked += 1
                self.send_response(200)
                self.send_header("Content-Length", str(len(key_set.body)))
                self.end_headers()
                self.wfile.write(key_set.body)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/jwks.json"


def jwks() -> bytes:
    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key()))
    return json.dumps({"keys": [key | {"kid": "key-1", "alg": "RS256", "use": "sig"}]}).encode()


@pytest.fixture(scope="module")
def key_set() -> Iterator[KeySet]:
    served = KeySet(jwks())
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture(autouse=True)
def both_issuers(monkeypatch: pytest.MonkeyPatch, key_set: KeySet) -> Iterator[None]:
    monkeypatch.setenv("STREAM_SYNC_SECRET_KEY", SECRET)
    monkeypatch.setenv("STREAM_SYNC_OIDC_ISSUER", ISSUER)
    monkeypatch.setenv("STREAM_SYNC_OIDC_AUDIENCE", AUDIENCE)
    monkeypatch.setenv("STREAM_SYNC_OIDC_JWKS_URL", key_set.url)
    monkeypatch.setenv("STREAM_SYNC_ADMIN_SECRETS", f"{'a' * 30},{'b' * 30}")
    config.settings.cache_clear()
    identity._jwks.cache_clear()
    yield
    key_set.body = jwks()
    config.settings.cache_clear()
    identity._jwks.cache_clear()


def soon() -> int:
    return int(time.time()) + 300


def rs256(key: Any = OURS, kid: str | None = "key-1", **claims: Any) -> str:
    whole = {"sub": "someone", "iss": ISSUER, "aud": AUDIENCE, "exp": soon()} | claims
    return jwt.encode({k: v for k, v in whole.items() if v is not None}, key, "RS256", {"kid": kid} if kid else None)


def hs256(secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    whole = {"sub": "someone", "exp": soon()} | claims
    return jwt.encode({k: v for k, v in whole.items() if v is not None}, secret, algorithm)


def public_pem() -> bytes:
    return OURS.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def by_hand(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


@pytest.mark.requirement("ST-7")
def test_both_issuers_are_believed_and_their_users_are_not_the_same() -> None:
    of_issuer = identity.principal_of_token(rs256(sub="someone"))
    of_service = identity.principal_of_token(hs256(sub="someone"))
    assert of_issuer != of_service


def test_no_issuer_can_name_a_user_of_the_other() -> None:
    of_service = identity.principal_of_token(hs256(sub="someone"))
    with pytest.raises(TokenInvalid):
        identity.principal_of_token(rs256(sub=of_service.user_id))


@pytest.mark.requirement("ST-7")
def test_the_older_services_user_id_is_taken_even_as_a_number() -> None:
    assert identity.principal_of_token(hs256(sub=None, user_id=42)).user_id.endswith("42")


def test_made_up_key_ids_do_not_make_us_ask_the_issuer_each_time(key_set: KeySet) -> None:
    before = key_set.asked
    for number in range(20):
        with pytest.raises(TokenInvalid):
            identity.principal_of_token(rs256(kid=f"made-up-{number}"))
    assert key_set.asked - before == 1


def test_a_key_that_the_issuer_rotated_is_known_soon(key_set: KeySet, monkeypatch: pytest.MonkeyPatch) -> None:
    identity.principal_of_token(rs256())
    key_set.body = jwks().replace(b"key-1", b"key-2")
    later = time.monotonic() + identity.JWKS_REFETCH_S
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert identity.principal_of_token(rs256(kid="key-2")).user_id == "someone"


def test_an_issuer_may_name_several_applications() -> None:
    """`aud` is one text or a list of them (RFC 7519, 4.1.3)."""
    assert identity.principal_of_token(rs256(aud=["account", AUDIENCE])).user_id == "someone"
    for others in (["account"], [], "account", [AUDIENCE + "x"], AUDIENCE + "x"):
        with pytest.raises(TokenInvalid):
            identity.principal_of_token(rs256(aud=others))


def test_an_access_token_names_its_client_elsewhere() -> None:
    assert identity.principal_of_token(rs256(aud=None, client_id=AUDIENCE)).user_id == "someone"


@pytest.mark.requirement("HI-10")
@pytest.mark.requirement("ST-7")
@pytest.mark.parametrize(
    ("claims", "believed"),
    [
        ({"token_use": "id"}, True),
        ({"token_use": "access", "aud": None, "client_id": AUDIENCE}, True),
        ({"token_use": "refresh"}, False),
        ({"token_use": "refresh", "client_id": AUDIENCE}, False),
        ({"token_use": ["id"]}, False),
        ({"token_use": ""}, False),
        ({"token_use": None}, False),
        ({"token_use": "id", "aud": None, "client_id": AUDIENCE}, False),
        ({"token_use": "access", "client_id": "another-client"}, False),
        ({"token_use": "access"}, False),
    ],
    ids=str,
)
def test_a_cognito_token_must_be_an_id_or_access_token_for_this_application(
    claims: dict[str, Any], believed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ID token names the application in `aud`, an access token in `client_id`."""
    pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc"
    monkeypatch.setenv("STREAM_SYNC_OIDC_ISSUER", pool)
    config.settings.cache_clear()
    token = rs256(iss=pool, **claims)
    if believed:
        assert identity.principal_of_token(token).user_id == "someone"
    else:
        with pytest.raises(TokenInvalid):
            identity.principal_of_token(token)


def test_any_issuer_that_says_what_a_token_is_for_is_heard() -> None:
    with pytest.raises(TokenInvalid):
        identity.principal_of_token(rs256(token_use="refresh"))


@pytest.mark.requirement("HI-10")
def test_without_an_audience_no_token_of_the_issuer_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREAM_SYNC_OIDC_AUDIENCE")
    config.settings.cache_clear()
    for token in (rs256(), rs256(aud=None), rs256(aud=[])):
        with pytest.raises(TokenInvalid):
            identity.principal_of_token(token)


@pytest.mark.requirement("ST-7")
@pytest.mark.parametrize(
    "token",
    [
        pytest.param(lambda: "", id="empty"),
        pytest.param(lambda: "not a token", id="garbage"),
        pytest.param(lambda: "a.b.c", id="three parts of garbage"),
        pytest.param(lambda: "\udce9.b.c", id="a byte that is no text"),
        pytest.param(lambda: by_hand({"alg": "none"}, {"sub": "x", "exp": soon()}), id="alg none"),
        pytest.param(lambda: by_hand({"alg": "None"}, {"sub": "x", "exp": soon()}), id="alg None"),
        pytest.param(lambda: by_hand({"alg": "HS256"}, {"sub": "x", "exp": soon()}), id="no signature"),
        pytest.param(lambda: by_hand({"alg": ["HS256"]}, {"sub": "x"}), id="alg is a list"),
        pytest.param(lambda: hs256("another-secret-of-enough-length-here!!"), id="another secret"),
        pytest.param(lambda: hs256(algorithm="HS512"), id="another algorithm"),
        pytest.param(lambda: hs256(exp=None), id="it never expires"),
        pytest.param(lambda: hs256(exp="tomorrow"), id="an expiry that is none"),
        pytest.param(lambda: hs256(sub=None), id="nobody"),
        pytest.param(lambda: hs256(sub="x" * 1_000), id="an endless name"),
        pytest.param(lambda: hs256(nbf=soon()), id="not yet valid"),
        pytest.param(lambda: hs256(padding="x" * 10_000), id="an endless token"),
        pytest.param(lambda: rs256(THEIRS), id="signed by another key"),
        pytest.param(lambda: rs256(THEIRS, kid="key-2"), id="a key that the issuer has not"),
        pytest.param(lambda: rs256(kid=None), id="no key named"),
        pytest.param(lambda: rs256(iss="https://evil.example.com"), id="another issuer"),
        pytest.param(lambda: rs256(iss=None), id="no issuer"),
        pytest.param(lambda: rs256(aud="another-client"), id="another application"),
        pytest.param(lambda: rs256(aud=None), id="no application"),
        pytest.param(lambda: rs256(exp=None), id="the issuer's, never expiring"),
        pytest.param(lambda: rs256(sub=None), id="the issuer's, of nobody"),
    ],
)
def test_what_is_not_believed(token: Any) -> None:
    with pytest.raises(TokenInvalid):
        identity.principal_of_token(token())


@pytest.mark.requirement("ST-7")
def test_the_issuers_public_key_is_no_shared_secret() -> None:
    """Key confusion: a token "signed" with HMAC and the public key, which everybody has."""
    unsigned = by_hand({"alg": "HS256", "kid": "key-1"}, {"sub": "x", "iss": ISSUER, "aud": AUDIENCE, "exp": soon()})
    signed_part = unsigned.rpartition(".")[0]
    signature = hmac.digest(public_pem(), signed_part.encode(), hashlib.sha256)
    with pytest.raises(TokenInvalid):
        identity.principal_of_token(f"{signed_part}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}")


@pytest.mark.parametrize("token", [rs256, hs256], ids=["issuer", "user service"])
def test_an_expired_token_is_called_expired(token: Any) -> None:
    with pytest.raises(TokenExpired):
        identity.principal_of_token(token(exp=int(time.time()) - 60))


@pytest.mark.requirement("ST-11")
@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"[]", b'{"keys": 5}', b'{"keys": []}'])
def test_an_issuer_that_gives_no_keys_is_unavailable_and_no_fault_of_the_token(key_set: KeySet, body: bytes) -> None:
    key_set.body = body
    with pytest.raises(IdentityUnavailable):
        identity.principal_of_token(rs256())


def test_an_issuer_that_cannot_be_reached_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_OIDC_JWKS_URL", "http://127.0.0.1:9/jwks.json")
    config.settings.cache_clear()
    with pytest.raises(IdentityUnavailable):
        identity.principal_of_token(rs256())


def test_without_an_issuer_or_a_secret_neither_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STREAM_SYNC_OIDC_ISSUER", "STREAM_SYNC_OIDC_JWKS_URL", "STREAM_SYNC_SECRET_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    config.settings.cache_clear()
    for token in (rs256(), hs256()):
        with pytest.raises(TokenInvalid):
            identity.principal_of_token(token)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_no_header_breaks_it(header: str) -> None:
    with pytest.raises(StreamSyncError) as refused:
        identity.principal_of_header(header)
    assert refused.value.http_status == 401
    assert refused.value.detail == refused.value.title or header not in refused.value.detail


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "  "])
def test_no_token_is_missing(header: str | None) -> None:
    with pytest.raises(TokenMissing):
        identity.principal_of_header(header)


def test_the_scheme_is_read_without_case_and_others_are_refused() -> None:
    assert identity.principal_of_header(f"bearer  {hs256()}").user_id
    with pytest.raises(TokenInvalid):
        identity.principal_of_header(f"Basic {hs256()}")


@pytest.mark.requirement("SO-9")
@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["admin"], True),
        (["users", "admin"], True),
        ("admin", True),
        (["Admin"], False),
        (["admins"], False),
        ("not-admin admin", False),
        ([], False),
        ([["admin"]], False),
        ({"admin": True}, False),
        (True, False),
        (None, False),
    ],
)
@pytest.mark.parametrize("token", [rs256, hs256])
def test_an_administrator_is_in_the_group_by_its_whole_name(token: Any, groups: object, expected: bool) -> None:
    assert identity.principal_of_token(token(**{"cognito:groups": groups})).is_admin is expected


def test_claim_and_role_of_administrators_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_ADMIN_CLAIM", "https://example.com/roles")
    monkeypatch.setenv("STREAM_SYNC_ADMIN_ROLE", "operator")
    config.settings.cache_clear()
    operator: dict[str, Any] = {"https://example.com/roles": ["operator"]}
    grouped: dict[str, Any] = {"cognito:groups": ["admin", "operator"]}
    assert identity.principal_of_token(rs256(**operator)).is_admin
    assert not identity.principal_of_token(rs256(**grouped)).is_admin


@pytest.mark.requirement("SO-9")
def test_either_of_two_admin_secrets_is_valid_and_nothing_else() -> None:
    identity.check_admin_secret("a" * 30)
    identity.check_admin_secret("b" * 30)
    for wrong in (None, "", "a" * 29, "a" * 31, "a" * 30 + "," + "b" * 30, "ä" * 30, "A" * 30):
        with pytest.raises(AdminSecretInvalid):
            identity.check_admin_secret(wrong)


@pytest.mark.requirement("SO-9")
def test_every_secret_is_compared_in_constant_time_whichever_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []
    real = hmac.compare_digest

    def watched(sent: bytes, secret: bytes) -> bool:
        compared.append(secret)
        return real(sent, secret)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    identity.check_admin_secret("a" * 30)
    assert compared == [b"a" * 30, b"b" * 30]


@pytest.mark.requirement("SO-9")
def test_without_an_admin_secret_nobody_is_an_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_ADMIN_SECRETS", "")
    config.settings.cache_clear()
    for candidate in (None, "", "x" * 30):
        with pytest.raises(AdminSecretInvalid):
            identity.check_admin_secret(candidate)
