"""For `make demo` and `make token`: find the running stack, sign in with the demo account, and call the API."""

import json
import urllib.error
import urllib.request
from typing import Any

from local.loopback import open_url
from local.ports import CannotStart
from local.settings import LocalSettings
from local.srp import SrpClient


def running_stack(settings: LocalSettings) -> dict[str, Any]:
    """`ready.json`. Raises CannotStart if nothing runs."""
    try:
        document: dict[str, Any] = json.loads(settings.ready_file.read_text())
    except FileNotFoundError as error:
        raise CannotStart(
            f"stream-sync is not running: {settings.ready_file} does not exist.\n"
            "Start it first, in another terminal:  make run\n"
            "If it is running, set STREAM_SYNC_STATE_DIR to the same value here."
        ) from error
    return document


def sign_in(ready: dict[str, Any]) -> str:
    """The demo account's ID token, from Cognito, by email address and password."""
    return str(tokens(ready)["IdToken"])


def tokens(ready: dict[str, Any]) -> dict[str, Any]:
    """Cognito's `AuthenticationResult`. Raises CannotStart if it refuses, or asks for more than the password."""
    cognito = _json(urllib.request.Request(f"{ready['http_url']}/config.json"))["cognito"]
    client = SrpClient(cognito["user_pool_id"], ready["demo"]["password"])
    asked = {
        "AuthFlow": "USER_SRP_AUTH",
        "ClientId": cognito["client_id"],
        "AuthParameters": {"USERNAME": ready["demo"]["email"], "SRP_A": client.public_value},
    }
    challenge = call_cognito(cognito, "InitiateAuth", asked)["ChallengeParameters"]
    proof = {
        "ChallengeName": "PASSWORD_VERIFIER",
        "ClientId": cognito["client_id"],
        "ChallengeResponses": client.proof(challenge),
    }
    answer = call_cognito(cognito, "RespondToAuthChallenge", proof)
    if "AuthenticationResult" not in answer:
        raise CannotStart(f"The account must sign in in a browser: Cognito asks for {answer.get('ChallengeName')}")
    result: dict[str, Any] = answer["AuthenticationResult"]
    return result


def call_cognito(cognito: dict[str, Any], operation: str, body: dict[str, Any]) -> dict[str, Any]:
    """As the dashboard does it. Raises CannotStart with Cognito's error if it refuses."""
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
    }
    return _json(urllib.request.Request(cognito["endpoint"], data=json.dumps(body).encode(), headers=headers))


def call_api(ready: dict[str, Any], token: str, path: str) -> dict[str, Any]:
    """GET a path of the API. Raises CannotStart with the API's error if it refuses."""
    return _json(urllib.request.Request(ready["http_url"] + path, headers={"Authorization": f"Bearer {token}"}))


def _json(request: urllib.request.Request) -> dict[str, Any]:
    try:
        with open_url(request, timeout=15) as response:
            document: dict[str, Any] = json.load(response)
    except urllib.error.HTTPError as refusal:
        raise CannotStart(f"{request.full_url}: {refusal.code} {refusal.read(500).decode(errors='replace')}") from None
    except OSError as error:
        raise CannotStart(f"{request.full_url} does not respond ({error}). Is `make run` still running?") from error
    return document
