"""Broadcasters: a Cognito account each, and the REST calls that a test compares the page with."""

import json
import secrets
import time
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from local.account import tokens
from local.loopback import open_url
from local.private_files import read_sign_in
from tests.support import aws
from tests.support.stack import Stack


@dataclass(frozen=True)
class Broadcaster:
    """One account; its channel is made by its first call."""

    stack: Stack
    email: str
    password: str = field(repr=False)

    def call(
        self, path: str, *, method: str = "GET", token: str | None = None, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The API's answer as JSON. Raises HTTPError for a problem."""
        request = urllib.request.Request(
            self.stack.http_url + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"Bearer {token or self.token()}", "Content-Type": "application/json"},
        )
        with open_url(request, timeout=30) as response:
            document: dict[str, Any] = json.load(response)
            return document

    def token(self) -> str:
        return str(self._tokens()["IdToken"])

    def session(self) -> str:
        """As the pages store it."""
        made = self._tokens()
        return json.dumps(
            {
                "idToken": made["IdToken"],
                "accessToken": made["AccessToken"],
                "refreshToken": made["RefreshToken"],
                "expiresAt": int((time.time() + made["ExpiresIn"]) * 1000),
                "email": self.email,
            }
        )

    def _tokens(self) -> dict[str, Any]:
        return tokens({**self.stack.ready, "demo": {"email": self.email, "password": self.password}})

    def channel(self) -> dict[str, Any]:
        return self.call("/api/channel")

    def edit(self, **changes: Any) -> None:
        """The channel's details: `title`, `category` ..."""
        self.call("/api/channel", method="PATCH", body=changes)

    def stream_key(self) -> str:
        """The key in full, as the API gives it to its owner; the first look makes one."""
        self.channel()
        return str(self.call("/api/channel/credentials?reveal=true")["stream_key"])


def new_broadcaster(stack: Stack, email: str = "") -> Broadcaster:
    """An account that nobody used yet; its address is made up unless given."""
    cognito = aws.client(stack.environment(), "cognito-idp")
    pool = read_sign_in(stack.settings.state_dir).user_pool
    # A Cognito password holds all four kinds of character.
    account = Broadcaster(stack, email or f"{secrets.token_hex(6)}@example.com", f"{secrets.token_hex(8)}-aA1")
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=account.email,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": account.email}, {"Name": "email_verified", "Value": "true"}],
    )
    cognito.admin_set_user_password(UserPoolId=pool, Username=account.email, Password=account.password, Permanent=True)
    return account
