"""A real nginx-rtmp with the configuration that we ship, a clip, and a broadcaster for each test."""

import os
import re
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.children import die_with
from local.private_files import load_or_make_secrets
from local.settings import HOST, ROOT
from tests.support import tools
from tests.support.broadcaster import Broadcaster
from tests.support.encoders import Clip, Program, ffmpeg
from tests.support.ports import free_ports
from tests.support.stack import Stack

SHIPPED = ROOT / "docs" / "integrations" / "nginx-rtmp" / "nginx.conf"
UPDATE_S = 1
START_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Nginx:
    """`folder` holds all that it writes."""

    rtmp_url: str
    http_url: str
    folder: Path

    def files(self) -> str:
        """Names and text of all that it wrote, but media."""
        found = []
        for path in sorted(self.folder.rglob("*")):
            found.append(str(path))
            if path.is_file() and path.suffix in (".log", ".m3u8"):
                with suppress(FileNotFoundError):  # nginx cleans up
                    found.append(path.read_text(errors="replace"))
        return "\n".join(found)


def configuration(stack: Stack, folder: Path, rtmp: int, hls: int, proxy: int, http: int) -> str:
    """The shipped file with this machine's ports, folders and addresses. Fails if a line to change is not there."""
    text = SHIPPED.read_text()
    changes = {
        "listen 1935;": f"listen {HOST}:{rtmp};",
        "127.0.0.1:1936": f"{HOST}:{hls}",
        "127.0.0.1:8085": f"{HOST}:{proxy}",
        "listen 8080;": f"listen {HOST}:{http};",
        "https://api.example.com": stack.http_url,
        "/etc/nginx/stream-sync-secret.conf": f"{folder}/stream-sync-secret.conf",
        "/var/lib/nginx/hls": f"{folder}/hls",
        "/var/log/nginx/error.log": f"{folder}/error.log",
        "notify_update_timeout 10s;": f"notify_update_timeout {UPDATE_S}s;",
    }
    for shipped, here in changes.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    return text


@pytest.fixture(scope="session")
def nginx(request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    tools.need(request.node.nodeid or "tests with nginx-rtmp", "nginx with rtmp")
    folder = tmp_path_factory.mktemp("nginx")
    rtmp, hls, proxy, http = free_ports(4)
    secret = load_or_make_secrets(stack.settings.state_dir).hook_secret
    (folder / "stream-sync-secret.conf").write_text(f'proxy_set_header X-Hook-Secret "{secret}";\n')
    config = folder / "nginx.conf"
    config.write_text(configuration(stack, folder, rtmp, hls, proxy, http))
    (folder / "modules").symlink_to("/usr/lib/nginx/modules")  # Debian's path of it is relative to the prefix
    user = "user root;" if os.geteuid() == 0 else ""  # its folder is the tests' own
    command = ["nginx", "-p", str(folder), "-c", str(config), "-e", f"{folder}/error.log"]
    process = subprocess.Popen(
        [*command, "-g", f"daemon off; pid {folder}/nginx.pid; {user}"],
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with(os.getpid()),
    )
    running = Nginx(f"rtmp://{HOST}:{rtmp}/live", f"http://{HOST}:{http}", folder)
    deadline = time.monotonic() + START_TIMEOUT_S
    while not (folder / "nginx.pid").exists():
        assert process.poll() is None, running.files()
        assert time.monotonic() < deadline, "nginx did not start"
        time.sleep(0.05)
    yield running
    process.send_signal(signal.SIGTERM)
    process.wait(START_TIMEOUT_S)


@dataclass
class OnNginx:
    """One broadcaster, whose encoders send to nginx."""

    broadcaster: Broadcaster
    nginx: Nginx
    clip: Clip
    programs: ExitStack

    @property
    def channel_id(self) -> str:
        return str(self.broadcaster.channel()["channel_id"])

    @property
    def status(self) -> str:
        return str(self.broadcaster.channel()["status"])

    def send(self, key: str | None = None) -> Program:
        program = ffmpeg(self.clip, self.nginx.rtmp_url, key or self.broadcaster.key)
        self.programs.callback(program.end)
        return program


@pytest.fixture
def on_nginx(nginx: Nginx, clip: Clip, stack: Stack) -> Iterator[OnNginx]:
    """In the end no key is in a log, a file name or a playlist of nginx, nor in a log of ours."""
    user = Broadcaster(stack, f"nginx-{uuid.uuid4()}")
    with ExitStack() as programs:
        yield OnNginx(user, nginx, clip, programs)
    user.close()
    written = re.sub(r"\s", "", nginx.files())
    logs = stack.logs()
    assert not [key for key in user.keys if key in written or key in logs], "a stream key was written down"
