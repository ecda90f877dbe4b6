"""Cognito on the dashboard's own origin: what browsers may ask of it, passed on to the emulator."""

import json

import aiohttp
from aiohttp import web
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.settings import REGION

# What a browser may ask of Cognito without an AWS signature. The administrative operations stay out of reach.
OPERATIONS = frozenset(
    f"AWSCognitoIdentityProviderService.{operation}"
    for operation in (
        "ChangePassword",
        "ConfirmForgotPassword",
        "ConfirmSignUp",
        "ForgotPassword",
        "GetUser",
        "GlobalSignOut",
        "InitiateAuth",
        "ResendConfirmationCode",
        "RespondToAuthChallenge",
        "RevokeToken",
        "SignUp",
    )
)
MAX_BYTES = 64 * 1024
MEDIA_TYPE = "application/x-amz-json-1.1"


class Cognito:
    """`url` is the emulator's, which takes signed requests only."""

    def __init__(self, url: str, access_key_id: str, secret_access_key: str) -> None:
        self._url = f"{url}/"
        self._signer = SigV4Auth(Credentials(access_key_id, secret_access_key), "cognito-idp", REGION)
        self._session: aiohttp.ClientSession | None = None

    async def handle(self, request: web.Request) -> web.Response:
        target = request.headers.get("X-Amz-Target", "")
        if target not in OPERATIONS:
            return _error("NotAuthorizedException", "This operation is not for browsers.")
        # A media type that a page of another origin cannot send without a preflight, which nobody answers.
        if request.content_type != MEDIA_TYPE:
            return _error("InvalidParameterException", f"Content-Type must be {MEDIA_TYPE}.")
        body = await request.read()
        if len(body) > MAX_BYTES:
            return _error("InvalidParameterException", "The request is too large.")
        if not _is_object(body):
            return _error("SerializationException", "The request must be a JSON object.")
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        signed = AWSRequest("POST", self._url, {"X-Amz-Target": target, "Content-Type": MEDIA_TYPE}, body)
        self._signer.add_auth(signed)
        async with self._session.post(self._url, data=body, headers=dict(signed.headers)) as answer:
            return web.Response(
                status=answer.status,
                body=await answer.read(),
                headers={"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"},
            )

    async def close(self) -> None:
        if self._session:
            await self._session.close()


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _error(kind: str, message: str) -> web.Response:
    return web.json_response({"__type": kind, "message": message}, status=400, content_type=MEDIA_TYPE)
