"""Administrators: machines by the shared secret, people by a token with the role; either opens every route."""

import json
import time
from operator import attrgetter
from typing import Any

import jwt
import pytest
import requests
from ulid import ULID

import app  # noqa: F401 - it registers every route
from chalicelib.api.routing import ADMIN, OPERATIONS, Operation
from local import account
from tests.contract.openapi.conftest import Target
from tests.support import aws

pytestmark = pytest.mark.requirement("SO-9")

OPERATED = [operation for operation in OPERATIONS if operation.audience is ADMIN]


def token(target: Target, user: str, **claims: Any) -> str:
    return jwt.encode({"sub": user, "exp": int(time.time()) + 600} | claims, target.jwt_secret, "HS256")


def administrators(target: Target, user: str = "ada") -> dict[str, str]:
    return {"Authorization": f"Bearer {token(target, user, **{'cognito:groups': ['admin']})}"}


def call(target: Target, operation: Operation, headers: dict[str, str]) -> requests.Response:
    """With ids of nothing and without a body: past the credential it is not found or not valid."""
    path = operation.path.replace("{", "no-such-").replace("}", "")
    sent = {"Content-Type": "application/json"} | headers
    return target.session.request(operation.method, target.url + path, headers=sent, timeout=15)


@pytest.mark.parametrize("operation", OPERATED, ids=attrgetter("name"))
def test_both_credentials_open_every_route(operation: Operation, target: Target) -> None:
    target.forgive()
    by_token = call(target, operation, administrators(target))
    by_secret = call(target, operation, target.credentials[ADMIN])
    assert by_token.status_code == by_secret.status_code
    assert by_token.status_code in (200, 400, 404), by_token.text


@pytest.mark.parametrize("operation", OPERATED, ids=attrgetter("name"))
def test_a_token_without_the_role_opens_none(operation: Operation, target: Target) -> None:
    for claims in ({}, {"cognito:groups": ["users"]}, {"cognito:groups": "admins"}):
        answer = call(target, operation, {"Authorization": f"Bearer {token(target, 'eve', **claims)}"})
        assert (answer.status_code, answer.json()["code"]) == (403, "admin_role_missing")


@pytest.mark.parametrize(
    ("claims", "code"),
    [({"exp": 1}, "token_expired"), ({"sub": None}, "token_invalid"), ({"exp": None}, "token_invalid")],
)
def test_the_role_in_a_token_that_is_not_valid_is_worth_nothing(
    claims: dict[str, Any], code: str, target: Target
) -> None:
    target.forgive()
    whole = {"sub": "ada", "exp": int(time.time()) + 600, "cognito:groups": ["admin"]} | claims
    sent = jwt.encode({name: value for name, value in whole.items() if value is not None}, target.jwt_secret, "HS256")
    answer = target.session.get(
        f"{target.url}/api/admin/nodes", headers={"Authorization": f"Bearer {sent}"}, timeout=15
    )
    assert (answer.status_code, answer.json()["code"]) == (401, code)


def test_a_wrong_secret_is_refused_beside_a_good_token(target: Target) -> None:
    target.forgive()
    headers = administrators(target) | {"X-Api-Key": "wrong" * 8}
    answer = target.session.get(f"{target.url}/api/admin/nodes", headers=headers, timeout=15)
    assert (answer.status_code, answer.json()["code"]) == (401, "admin_secret_invalid")


def test_an_account_in_cognitos_group_is_an_administrator(target: Target) -> None:
    """The group as Cognito itself writes it into the token."""
    cognito = aws.client(target.env, "cognito-idp")
    pool = target.env["STREAM_SYNC_OIDC_ISSUER"].rpartition("/")[2]
    email, password = f"{ULID()}@example.com".lower(), "Correct-horse-7"
    cognito.admin_create_user(UserPoolId=pool, Username=email, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)

    def status() -> int:
        signed_in = account.sign_in({"http_url": target.url, "demo": {"email": email, "password": password}})
        headers = {"Authorization": f"Bearer {signed_in}"}
        return target.session.get(f"{target.url}/api/admin/nodes", headers=headers, timeout=15).status_code

    assert status() == 403
    if "admin" not in [group["GroupName"] for group in cognito.list_groups(UserPoolId=pool)["Groups"]]:
        cognito.create_group(UserPoolId=pool, GroupName="admin")
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName="admin")
    assert status() == 200


def audited(target: Target, broadcaster_id: str) -> list[tuple[str, str]]:
    """Who did what to the broadcaster, of the gateway's log."""
    lines = [json.loads(line) for line in target.log().splitlines() if '"admin_action"' in line]
    return [(line["operator"], line["action"]) for line in lines if broadcaster_id in json.dumps(line["target"])]


def test_what_administrators_do_is_audited_with_who(target: Target) -> None:
    target.forgive()
    made = target.call("POST", "/api/admin/broadcasters", ADMIN, json={"display_name": "Ada"}).json()
    channel_id = made["broadcaster_id"]
    block, unblock = (f"/api/admin/broadcasters/{channel_id}/{verb}" for verb in ("block", "unblock"))
    target.call("POST", block, ADMIN, json={"by": "a backend", "why": "a test"})
    person = administrators(target, "grace") | {"Content-Type": "application/json"}
    assert target.session.post(target.url + unblock, headers=person, json={}, timeout=15).status_code == 200
    history = target.call("GET", f"/api/admin/broadcasters/{channel_id}", ADMIN).json()["history"]
    assert [(entry["kind"], entry["by"]) for entry in history] == [
        ("blocked", "a backend"),
        ("unblocked", "user:grace"),
    ]
    assert audited(target, channel_id) == [
        ("shared secret", "admin_block_broadcaster"),
        ("user:grace", "admin_unblock_broadcaster"),
    ]


def test_who_signed_in_decides_in_no_other_name(target: Target) -> None:
    made = target.call("POST", "/api/admin/broadcasters", ADMIN, json={"display_name": "Ada"}).json()
    path = f"{target.url}/api/admin/broadcasters/{made['broadcaster_id']}/block"
    answer = target.session.post(path, headers=administrators(target), json={"by": "somebody else"}, timeout=15)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "by")
