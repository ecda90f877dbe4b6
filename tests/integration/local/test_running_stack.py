"""The parts together: sign in, listen, broadcast the test metadata, stop."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from local.settings import ROOT
from tests.support.stack import Stack, environment

pytestmark = pytest.mark.needs("ministack")


async def message(socket: ClientConnection, kind: str, **wanted: Any) -> dict[str, Any]:
    """The next message of this type with these values; others are passed over. Fails after 45 s."""
    async with asyncio.timeout(45):
        while True:
            document: dict[str, Any] = json.loads(await socket.recv())
            if document["type"] == kind and wanted.items() <= document.items():
                return document


async def start_demo(stack: Stack) -> Process:
    command = (sys.executable, "-m", "local.demo")
    return await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment(stack.settings), stdout=PIPE, stderr=STDOUT
    )


async def test_wrong_token_is_refused_at_the_handshake(stack: Stack) -> None:
    offered = [Subprotocol("stream-sync"), Subprotocol("bearer.forged")]
    with pytest.raises(websockets.InvalidStatus) as refused:
        await connect(stack.ws_url, subprotocols=offered, open_timeout=30)
    assert refused.value.response.status_code == 401


@pytest.mark.requirement("SS-6.5")
async def test_test_card_goes_live_and_offline_on_an_open_dashboard(stack: Stack) -> None:
    token = await asyncio.to_thread(stack.token)
    protocols = [Subprotocol("stream-sync"), Subprotocol(f"bearer.{token}")]
    async with connect(stack.ws_url, subprotocols=protocols, open_timeout=30) as dashboard:
        assert dashboard.subprotocol == "stream-sync"
        first = json.loads(await dashboard.recv())
        assert (first["type"], first["channel"]["status"]) == ("snapshot", "OFFLINE")

        demo = await start_demo(stack)
        live = await message(dashboard, "status", status="LIVE")
        metrics = await message(dashboard, "metrics", stream_id=live["stream_id"], width=1280, height=720)
        assert (metrics["video_codec"], metrics["audio_codec"]) == ("h264", "aac")

        second = await start_demo(stack)
        refused, _ = await asyncio.wait_for(second.communicate(), 60)
        assert (second.returncode, refused.count(b"\n")) == (1, 1)
        assert b"The channel is already live from another connection" in refused

        demo.send_signal(signal.SIGINT)
        said, _ = await asyncio.wait_for(demo.communicate(), 45)
        assert demo.returncode == 0
        assert "Stopped." in said.decode()
        await message(dashboard, "status", status="OFFLINE", stream_id=live["stream_id"])
