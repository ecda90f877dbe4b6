"""A stack of its own: what is sent here is anything that the document allows, and much that it does not."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
import requests

from chalicelib.api.access import Audience
from chalicelib.api.openapi.audiences import security
from local.private_files import load_or_make_secrets
from tests.support import aws, tools
from tests.support.stack import running_stack

TOKEN_LIFE_S = 3_600


@dataclass
class Target:
    """The running API, and each audience's credential."""

    url: str
    credentials: dict[Audience, dict[str, str]] = field(repr=False)
    jwt_secret: str = field(repr=False)
    env: dict[str, str] = field(repr=False)
    log: Callable[[], str] = field(repr=False)
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False  # no proxy
        self._dynamodb = aws.client(self.env, "dynamodb")

    def headers(self, required: list[dict[str, Any]]) -> dict[str, str]:
        """The credential that an operation with `required` as its `security` asks for."""
        audience = next(audience for audience in Audience if security(audience) == required)
        return self.credentials[audience]

    def forgive(self) -> None:
        """Forgets how often something was done: limits would hide what comes after them."""
        table = self.env["STREAM_SYNC_TABLE_PREFIX"] + "limits"
        for row in self._dynamodb.scan(TableName=table)["Items"]:
            self._dynamodb.delete_item(TableName=table, Key={"bucket": row["bucket"]})

    def make_room(self) -> None:
        """Another user, with a channel of their own, and no webhooks: there may be so many keys and webhooks only."""
        claims = {"sub": str(uuid.uuid4()), "exp": int(time.time()) + TOKEN_LIFE_S}
        token = jwt.encode(claims, self.jwt_secret, algorithm="HS256")
        self.credentials[Audience.BROADCASTER] = {"Authorization": f"Bearer {token}"}
        for webhook in self.call("GET", "/api/admin/webhooks", Audience.ADMIN).json()["webhooks"]:
            self.call("DELETE", f"/api/admin/webhooks/{webhook['webhook_id']}", Audience.ADMIN)

    def call(self, method: str, path: str, audience: Audience, **more: Any) -> requests.Response:
        headers = {"Content-Type": "application/json", **self.credentials[audience], **more.pop("headers", {})}
        return self.session.request(method, self.url + path, headers=headers, timeout=15, **more)


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    tools.need(request.node.nodeid or "tests of the API's contract", "ministack")
    with running_stack(tmp_path_factory.mktemp("contract")) as stack:
        secrets = load_or_make_secrets(stack.settings.state_dir)
        credentials: dict[Audience, dict[str, str]] = {
            Audience.ANYONE: {},
            Audience.ADMIN: {"X-Api-Key": stack.admin_secret},
            Audience.MEDIA_SERVER: {"X-Hook-Secret": secrets.hook_secret},
        }
        target = Target(stack.http_url, credentials, secrets.jwt_secret, stack.environment(), stack.logs)
        target.make_room()
        yield target
