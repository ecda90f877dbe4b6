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

WIDTH, HEIGHT, FPS = 640, 360, 10
VIDEO_KBPS, AUDIO_KBPS = 800, 128
COLOUR = (0x33, 0x77, 0x55)  # of its one scene
START_TIMEOUT_S = 20.0
# The service's first words in OBS's log, and the words after Publish.Start.
SAYS = "[rtmp stream: 'simple_stream']"
NAME = "Test"


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
    """OBS with one coloured scene, simple output, automatic reconnects as its users have them."""

    def __init__(
        self,
        home: Path,
        screen: XServer,
        ingest_url: str,
        key: str,
        *,
        control_port: int,
        inside: Sequence[str] = (),
        x264: str = "",
    ) -> None:
        """`inside` is a command that runs another, such as `ip netns exec <name>`; `x264` are encoder settings."""
        self._control_port = control_port
        self._password = secrets.token_urlsafe(24)
        self._x264 = x264
        self._write_settings(home, ingest_url, key)
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
        with connect(f"ws://{HOST}:{self._control_port}", proxy=None) as socket:
            hello = json.loads(socket.recv(10))["d"]["authentication"]
            answer = _digest(_digest(self._password + hello["salt"]) + hello["challenge"])
            identify = {"rpcVersion": 1, "authentication": answer, "eventSubscriptions": 0}
            socket.send(json.dumps({"op": 1, "d": identify}))
            assert json.loads(socket.recv(10))["op"] == 2, "OBS did not let us in"
            socket.send(json.dumps({"op": 6, "d": {"requestType": kind, "requestId": "1"}}))
            response = json.loads(socket.recv(10))["d"]
        assert response["requestStatus"]["result"], f"OBS refused {kind}: {response['requestStatus']}"
        data: dict[str, Any] = response.get("responseData") or {}
        return data

    # --- its settings ------------------------------------------------------------------------------------------

    def _write_settings(self, home: Path, ingest_url: str, key: str) -> None:
        config = home / ".config" / "obs-studio"
        profile = config / "basic" / "profiles" / NAME
        scenes = config / "basic" / "scenes"
        for folder in (profile, scenes, home / "run"):
            folder.mkdir(parents=True, mode=0o700)
        old_defaults = {f"Pre{version}Defaults": "false" for version in ("19", "20", "21", "23", "24.1")}
        _write_ini(
            config / "global.ini",
            {
                "General": {"FirstRun": "true", "LastVersion": "486539266", "InfoIncrement": "100"}
                | {"EnableAutoUpdates": "false"}
                | old_defaults,
                "Basic": {"Profile": NAME, "ProfileDir": NAME, "SceneCollection": NAME, "SceneCollectionFile": NAME},
                "BasicWindow": {"SysTrayEnabled": "false", "WarnBeforeStartingStream": "false"},
                "OBSWebSocket": {"FirstLoad": "false", "ServerEnabled": "true", "ServerPort": str(self._control_port)}
                | {"AlertsEnabled": "false", "AuthRequired": "true", "ServerPassword": self._password},
            },
        )
        _write_ini(
            profile / "basic.ini",
            {
                "General": {"Name": NAME},
                "Output": {"Mode": "Simple", "Reconnect": "true", "RetryDelay": "2", "MaxRetries": "25"},
                "SimpleOutput": {"StreamEncoder": "x264", "VBitrate": str(VIDEO_KBPS), "ABitrate": str(AUDIO_KBPS)}
                | {"Preset": "ultrafast", "UseAdvanced": "true", "x264Settings": self._x264},
                "Video": {"BaseCX": str(WIDTH), "BaseCY": str(HEIGHT), "OutputCX": str(WIDTH), "OutputCY": str(HEIGHT)}
                | {"FPSType": "0", "FPSCommon": str(FPS)},
                "Audio": {"SampleRate": "48000", "ChannelSetup": "Stereo"},
            },
        )
        service = {"key": key, "server": ingest_url, "use_auth": False, "bwtest": False}
        (profile / "service.json").write_text(json.dumps({"type": "rtmp_custom", "settings": service}))
        red, green, blue = COLOUR
        colour = {"color": 0xFF << 24 | blue << 16 | green << 8 | red, "width": WIDTH, "height": HEIGHT}
        items = [{"id": 1, "name": "Colour", "visible": True}]
        collection = {
            "name": NAME,
            "current_scene": "Scene",
            "current_program_scene": "Scene",
            "scene_order": [{"name": "Scene"}],
            "sources": [
                {"id": "scene", "name": "Scene", "settings": {"id_counter": 1, "items": items}},
                {"id": "color_source", "versioned_id": "color_source_v3", "name": "Colour", "settings": colour},
            ],
        }
        (scenes / f"{NAME}.json").write_text(json.dumps(collection))


def _write_ini(path: Path, sections: dict[str, dict[str, str]]) -> None:
    lines = [
        line
        for section, values in sections.items()
        for line in (f"[{section}]", *(f"{name}={value}" for name, value in values.items()))
    ]
    path.write_text("\n".join(lines) + "\n")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
