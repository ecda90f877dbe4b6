"""The servers that are measured, each a process of its own, started for one measurement and ended by its id."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ulid import ULID

from benchmarks.ingest.new_channels import new_channels
from ingest_container import compiled
from ingest_container.net.receive_mark import COUNTED_SECONDS
from local.children import die_with
from local.settings import HOST, ROOT
from tests.support.ports import free_ports
from tests.support.stack import running_emulator

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 30.0
NGINX_MODULES = Path("/usr/lib/nginx/modules")
MATERIAL_BYTES_PER_SECOND = 775_000
# The mark of the floor that gathers, as our node chooses it.
FLOOR_MARK = int(MATERIAL_BYTES_PER_SECOND * COUNTED_SECONDS)

NGINX_CONFIGURATION = """\
load_module {modules}/ngx_rtmp_module.so;
daemon off; master_process off; worker_processes 1; worker_rlimit_nofile 16384;
pid {folder}/nginx.pid; error_log {folder}/error.log error;
events {{ worker_connections 8192; }}
rtmp {{ server {{ listen 127.0.0.1:{port}; chunk_size 65536; max_message 8M; application live {{ live on; {hls} }} }} }}
"""
# As long and as many segments as our node lists.
NGINX_HLS = "hls on; hls_path {folder}/hls; hls_fragment 2s; hls_playlist_length 12s;"


class CannotMeasure(Exception):
    """A server did not start, or is not what it should be. The message says which and why."""


@dataclass(frozen=True)
class Running:
    """A server that takes connections. `keys` are the stream names it accepts.

    A node that packages has an origin at `playback_port`, where `channels` are played.
    """

    pid: int
    port: int
    keys: list[str] = field(repr=False)
    speaks_rtmp: bool = True
    playback_port: int = 0
    channels: list[str] = field(default_factory=list)


Starter = Callable[[int], contextlib.AbstractContextManager[Running]]
"""Given how many connections are to come."""


class Servers:
    """All of them, over one emulator and one folder for what they write."""

    def __init__(self, folder: Path, emulator_env: dict[str, str]) -> None:
        self._folder = folder
        self._env = emulator_env

    def starters(self) -> dict[str, Starter]:
        """By name, in the order of a table."""
        return {
            "floor": lambda count: self._floor(count, mark=None),
            "floor, gathering": lambda count: self._floor(count, mark=FLOOR_MARK),
            "floor, recording": lambda count: self._floor(count, mark=FLOOR_MARK, recording=True),
            "nginx-rtmp": lambda count: self._nginx(count, hls=False),
            "nginx-rtmp, HLS": lambda count: self._nginx(count, hls=True),
            "ours": lambda count: self._ours(count, plain=False),
            "ours, plain Python": lambda count: self._ours(count, plain=True),
            "ours, packaging": lambda count: self._ours(count, plain=False, recording="off"),
            "ours, recording": lambda count: self._ours(count, plain=False, recording=str(self._folder / "recordings")),
            "pyrtmp": self._pyrtmp,
        }

    @contextlib.contextmanager
    def _floor(self, count: int, mark: int | None, *, recording: bool = False) -> Iterator[Running]:
        program = self._folder / "floor"
        if not program.exists():
            source = Path(__file__).with_name("floor.c")
            subprocess.run(["cc", "-O2", "-Wall", "-Werror", "-o", str(program), str(source)], check=True)
        (port,) = free_ports(1)
        arguments = [str(port)] if mark is None else [str(port), str(mark)]
        if recording:
            folder = self._folder / "floor-recordings"
            folder.mkdir(exist_ok=True)
            arguments.append(str(folder))
        with self._process([str(program), *arguments], port) as pid:
            yield Running(pid, port, [""] * count, speaks_rtmp=False)

    @contextlib.contextmanager
    def _nginx(self, count: int, *, hls: bool) -> Iterator[Running]:
        (port,) = free_ports(1)
        folder = self._folder / "nginx"
        folder.mkdir(exist_ok=True)
        configuration = folder / "nginx.conf"
        package = NGINX_HLS.format(folder=folder) if hls else ""
        configuration.write_text(
            NGINX_CONFIGURATION.format(modules=NGINX_MODULES, folder=folder, port=port, hls=package)
        )
        with self._process(["nginx", "-p", str(folder), "-c", str(configuration)], port) as pid:
            yield Running(pid, port, [f"stream{number}" for number in range(count)])

    @contextlib.contextmanager
    def _pyrtmp(self, count: int) -> Iterator[Running]:
        (port,) = free_ports(1)
        with self._process([sys.executable, "-m", "benchmarks.ingest.pyrtmp_server", str(port)], port) as pid:
            yield Running(pid, port, [f"stream{number}" for number in range(count)])

    @contextlib.contextmanager
    def _ours(self, count: int, *, plain: bool, recording: str | None = None) -> Iterator[Running]:
        """The real node, with the real claim of a real lease for each stream. With `recording` it packages, too."""
        taken = self._take_channels(count)
        port, playback_port = free_ports(2)
        own = {
            "STREAM_SYNC_NODE_ID": f"bench-{ULID()}",
            "STREAM_SYNC_RTMP_HOST": HOST,
            "STREAM_SYNC_RTMP_PORT": str(port),
            "STREAM_SYNC_CAPACITY": "5000",
        }
        env = {name: value for name, value in self._env.items() if name != compiled.UNWANTED} | own
        if plain:
            env[compiled.UNWANTED] = "1"
        if recording is not None:
            env |= {
                "STREAM_SYNC_PACKAGING": "on",
                "STREAM_SYNC_RECORDING": recording,
                "STREAM_SYNC_ORIGIN_HOST": HOST,
                "STREAM_SYNC_ORIGIN_PORT": str(playback_port),
            }
        with self._process([sys.executable, "-m", "ingest_container"], port, env) as pid:
            if (f"{compiled.BUILDS}/" in Path(f"/proc/{pid}/maps").read_text()) is plain:
                raise CannotMeasure("the node is not the build that it should be: run `make compiled`")
            channels, keys = zip(*taken, strict=True)
            yield Running(pid, port, list(keys), True, playback_port if recording is not None else 0, list(channels))

    def _take_channels(self, count: int) -> list[tuple[str, str]]:
        """Channels that no earlier node had: their streams have ended, but not at this very moment."""
        return new_channels(self._env, count)

    @contextlib.contextmanager
    def _process(self, command: list[str], port: int, env: dict[str, str] | None = None) -> Iterator[int]:
        with (self._folder / "output.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with(os.getpid()),
            )
        try:
            _until_listening(process, port)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until_listening(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise CannotMeasure(f"{process.args!r} did not start")
        time.sleep(0.05)


@contextlib.contextmanager
def all_servers(folder: Path) -> Iterator[Servers]:
    """Starts the emulator. Raises CannotMeasure where this machine lacks something."""
    missing = [tool for tool in ("nginx", "cc", "ffmpeg") if shutil.which(tool) is None]
    if not (NGINX_MODULES / "ngx_rtmp_module.so").exists():
        missing.append("libnginx-mod-rtmp")
    if missing:
        raise CannotMeasure(f"The comparison needs {', '.join(missing)}.")
    with running_emulator(folder / "emulator") as emulator:
        yield Servers(folder, emulator.env)
