"""Cognito on the dashboard's own origin: what browsers may ask of it, passed on to the emulator."""

import json
import logging

import aiohttp
from aiohttp import web
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.gateway.cognito_input import NotTaken, checked
from local.gateway.reporting import log_fields
from local.settings import REGION

log = logging.getLogger(__name__)

PREFIX = "AWSCognitoIdentityProviderService."
# What a browser may ask of Cognito without an AWS signature. The administrative operations stay out of reach.
OPERATIONS = frozenset(
    (
        "AssociateSoftwareToken",
        "ChangePassword",
        "ConfirmForgotPassword",
        "ConfirmSignUp",
        "DeleteUser",
        "ForgotPassword",
        "GetTokensFromRefreshToken",
        "GetUser",
        "GlobalSignOut",
        "InitiateAuth",
        "ResendConfirmationCode",
        "RespondToAuthChallenge",
        "RevokeToken",
        "SetUserMFAPreference",
        "SignUp",
        "UpdateUserAttributes",
        "VerifySoftwareToken",
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
        prefix, operation = target[: len(PREFIX)], target[len(PREFIX) :]
        if prefix != PREFIX or operation not in OPERATIONS:
            return _error("NotAuthorizedException", "This operation is not for browsers.")
        # A media type that a page of another origin cannot send without a preflight, which nobody answers.
        if request.content_type != MEDIA_TYPE:
            return _error("InvalidParameterException", f"Content-Type must be {MEDIA_TYPE}.")
        body = await request.read()
        if len(body) > MAX_BYTES:
            return _error("InvalidParameterException", "The request is too large.")
        try:
            known = json.dumps(checked(operation, body)).encode()
        except NotTaken as refusal:
            return _error(refusal.kind, refusal.message)
        return await self._ask(target, known)

    async def _ask(self, target: str, body: bytes) -> web.Response:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        signed = AWSRequest("POST", self._url, {"X-Amz-Target": target, "Content-Type": MEDIA_TYPE}, body)
        self._signer.add_auth(signed)
        try:
            async with self._session.post(self._url, data=body, headers=dict(signed.headers)) as answer:
                status, content = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            log.warning("The AWS emulator does not respond", extra=log_fields("emulator_unavailable"), exc_info=True)
            return _error("InternalErrorException", "The AWS emulator does not respond.", status=500)
        return web.Response(
            status=status, body=content, headers={"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"}
        )

    async def close(self) -> None:
        if self._session:
            await self._session.close()


def _error(kind: str, message: str, status: int = 400) -> web.Response:
    return web.json_response({"__type": kind, "message": message}, status=status, content_type=MEDIA_TYPE)
