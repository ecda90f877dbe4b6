"""What a browser is to `/cognito/`."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, web

from local.gateway.cognito import MEDIA_TYPE, PREFIX, Cognito
from local.gateway.protocol import listening
from local.private_files import SignIn, load_or_make_secrets, read_sign_in
from local.settings import HOST
from tests.support.ports import free_ports
from tests.support.stack import Emulator


class Browser:
    """A client of `/cognito/`."""

    def __init__(self, http: ClientSession, url: str, sign_in: SignIn) -> None:
        self._http = http
        self._url = url
        self.client_id = sign_in.client_id
        self.user_pool = sign_in.user_pool

    async def ask(self, name: str, body: str) -> tuple[int, dict[str, Any]]:
        headers = {"X-Amz-Target": PREFIX + name, "Content-Type": MEDIA_TYPE}
        async with self._http.post(self._url, data=body.encode(), headers=headers) as answer:
            return answer.status, json.loads(await answer.read() or b"{}")


@asynccontextmanager
async def open_browser(emulator: Emulator) -> AsyncIterator[Browser]:
    secrets = load_or_make_secrets(emulator.state_dir)
    cognito = Cognito(emulator.url, secrets.access_key_id, secrets.secret_access_key)
    app = web.Application()
    app.router.add_post("/cognito/", cognito.handle)
    (port,) = free_ports(1)
    async with listening(app, HOST, port), ClientSession() as http:
        yield Browser(http, f"http://{HOST}:{port}/cognito/", read_sign_in(emulator.state_dir))
    await cognito.close()
