"""Real OBS Studio without a screen: its own home folder, Xvfb, and its WebSocket to press its buttons.

with XServer() as screen:
    obs = start(Obs(folder, screen, ingest_url, key))     # connects by itself, as --startstreaming says
    obs.until_on_air(within=20)
    obs.stop_streaming()                                  # the button: FCUnpublish, deleteStream
"""

import base64
import hashlib
import json
import os
import secrets
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from websockets.sync.client import connect

from local.children import die_with
from local.settings import HOST
from tests.support.encoders import Line, Program
from tests.support.obs_profile import NAME, Profile

START_TIMEOUT_S = 60.0  # no promise
ANSWER_TIMEOUT_S = 30.0
# The service's first words in OBS's log, and the words after Publish.Start.
SAYS = "[rtmp stream: "


class XServer:
    """A screen in memory, for any number of programs; it finds its own free number."""

    def __enter__(self) -> "XServer":
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
        self._process = subprocess.Popen(
            command,
            pass_fds=[writing],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with(os.getpid()),
        )
        os.close(writing)
        with os.fdopen(reading) as answer:
            self.display = f":{answer.readline().strip()}"
        assert self.display != ":", "Xvfb did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()


class Obs(Program):
    """OBS with one scene, a custom server, and automatic reconnects, as its users have them."""

    def __init__(
        self,
        home: Path,
        screen: XServer,
        ingest_url: str,
        key: str,
        *,
        control_port: int,
        inside: Sequence[str] = (),
        profile: Profile | None = None,
    ) -> None:
        """`inside` is a command that runs another, such as `ip netns exec <name>`."""
        self._control_port = control_port
        self._password = secrets.token_urlsafe(24)
        service = {"key": key, "server": ingest_url, "use_auth": False, "bwtest": False}
        control = {"ServerPort": str(control_port), "ServerPassword": self._password}
        (profile or Profile()).write(home, service, control)
        env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")} | {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "DISPLAY": screen.display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "https_proxy": f"http://{HOST}:9",  # it looks for news of services; it shall not leave this machine
        }
        command = [*inside, "obs", "--startstreaming", "--multi", "--minimize-to-tray", "--disable-updater"]
        command += ["--profile", NAME, "--collection", NAME]
        super().__init__("obs", command, env=env, hide={key: "<key>"})

    # --- its buttons -------------------------------------------------------------------------------------------

    def until_on_air(self, *, within: float = START_TIMEOUT_S, times: int = 1) -> Line:
        """The line it writes on NetStream.Publish.Start; its first media follows half a second later."""
        return self.until_said(SAYS, "Connection to", "successful", within=within, times=times)

    def stop_streaming(self) -> None:
        self.request("StopStream")

    def output(self) -> dict[str, Any]:
        """outputActive, outputReconnecting, outputBytes ... of its stream."""
        return self.request("GetStreamStatus")

    def request(self, kind: str) -> dict[str, Any]:
        """One request of the obs-websocket protocol 5, with its authentication; the answer's data."""
        with connect(f"ws://{HOST}:{self._control_port}", proxy=None, open_timeout=ANSWER_TIMEOUT_S) as socket:
            hello = json.loads(socket.recv(ANSWER_TIMEOUT_S))["d"]["authentication"]
            answer = _digest(_digest(self._password + hello["salt"]) + hello["challenge"])
            identify = {"rpcVersion": 1, "authentication": answer, "eventSubscriptions": 0}
            socket.send(json.dumps({"op": 1, "d": identify}))
            assert json.loads(socket.recv(ANSWER_TIMEOUT_S))["op"] == 2, "OBS did not let us in"
            socket.send(json.dumps({"op": 6, "d": {"requestType": kind, "requestId": "1"}}))
            response = json.loads(socket.recv(ANSWER_TIMEOUT_S))["d"]
        assert response["requestStatus"]["result"], f"OBS refused {kind}: {response['requestStatus']}"
        data: dict[str, Any] = response.get("responseData") or {}
        return data


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
