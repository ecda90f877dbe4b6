"""The whole local cloud, or the emulator alone, on free ports with a state folder of its own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from pynamodb.models import Model

from local import account, emulator
from local.children import die_with
from local.environment import bootstrap_environment, gateway_environment, node_environment
from local.loopback import answers
from local.private_files import load_or_make_secrets, make_private_folder, read_sign_in
from local.settings import ROOT, LocalSettings
from tests.support.ports import free_ports

PURE_PYTHON = "STREAM_SYNC_PURE_PYTHON"
# The most that a node takes. On a machine that runs other tests its event loop is late now and then; it would refuse
# publishers, or be no peer, for a minute. The limit itself: tests/unit/ingest/test_capacity.py.
NEVER_LATE = {"STREAM_SYNC_CAPACITY_LAG_MS": "10000"}
# Nor is an encoder silent that the machine holds up. Of the stack's own node: others have what they say.
PATIENT = {"STREAM_SYNC_SILENCE_SECONDS": "15"}
START_TIMEOUT_S = 300.0
STOP_TIMEOUT_S = 90.0


class StackFailed(Exception):
    """The stack did not start or stop; the message holds what it said."""


def settings_in(state_dir: Path) -> LocalSettings:
    """Settings of a stack on free ports."""
    http_port, rtmp_port, cloud_port = free_ports(3)
    return LocalSettings(http_port=http_port, rtmp_port=rtmp_port, cloud_port=cloud_port, state_dir=state_dir)


def environment(settings: LocalSettings) -> dict[str, str]:
    """What a user's shell has for `make run`: not what other tests have set for this very process."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("STREAM_SYNC_", "AWS_"))}
    if pure := os.environ.get(PURE_PYTHON):
        bare[PURE_PYTHON] = pure
    return (
        bare
        | NEVER_LATE
        | {
            "STREAM_SYNC_HTTP_PORT": str(settings.http_port),
            "STREAM_SYNC_RTMP_PORT": str(settings.rtmp_port),
            "STREAM_SYNC_CLOUD_PORT": str(settings.cloud_port),
            "STREAM_SYNC_STATE_DIR": str(settings.state_dir),
        }
    )


def services_environment(settings: LocalSettings) -> dict[str, str]:
    """That of the gateway and of the node in one."""
    secrets, sign_in = load_or_make_secrets(settings.state_dir), read_sign_in(settings.state_dir)
    bare = environment(settings)
    return gateway_environment(settings, secrets, sign_in, bare) | node_environment(settings, secrets, bare)


@dataclass
class Stack:
    """A running `python -m local`. Make it with `running_stack`."""

    settings: LocalSettings
    process: subprocess.Popen[bytes]
    output: Path
    ready: dict[str, Any] = field(repr=False)  # holds a password and a secret: not for a failing test's report

    @property
    def http_url(self) -> str:
        return str(self.ready["http_url"])

    @property
    def ws_url(self) -> str:
        return str(self.ready["ws_url"])

    @property
    def rtmp_url(self) -> str:
        return str(self.ready["rtmp_url"])

    @property
    def demo(self) -> dict[str, str]:
        return dict(self.ready["demo"])

    @property
    def admin_secret(self) -> str:
        return str(self.ready["admin_secret"])

    def token(self) -> str:
        """A fresh ID token of the demo account."""
        return account.sign_in(self.ready)

    def environment(self) -> dict[str, str]:
        """What the gateway and the node see; for tests that start another node or look into the tables."""
        return services_environment(self.settings)

    def logs(self) -> str:
        """All that its processes have said so far."""
        files = [self.output, *sorted(self.settings.log_dir.glob("*.log"))]
        return "\n".join(f"== {file.name}\n{file.read_text(errors='replace')}" for file in files if file.exists())

    def children(self) -> dict[str, int]:
        """Process ids by module: `local.emulator_server`, `local.gateway`, `ingest_container` (Linux)."""
        found: dict[str, int] = {}
        for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if b"-m" in words:
                found[words[words.index(b"-m") + 1].decode()] = int(pid)
        return found

    def stop(self) -> int:
        """SIGTERM, as `make` or a user would; the exit code. Raises StackFailed if it takes too long."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            self.process.kill()
            self.process.wait()
            raise StackFailed(f"It did not stop within {STOP_TIMEOUT_S:.0f} s:\n{self.logs()}") from error


def start_stack(settings: LocalSettings, users: Mapping[str, str] | None = None) -> Stack:
    """Start and wait for `ready.json`. `users` is what the user has set beside ports. Raises StackFailed."""
    make_private_folder(settings.state_dir)
    settings.ready_file.unlink(missing_ok=True)
    output = settings.state_dir / "output.txt"
    origin, health = free_ports(2)  # of this stack's own node only
    node = {"STREAM_SYNC_ORIGIN_PORT": str(origin), "STREAM_SYNC_HEALTH_PORT": str(health)} | PATIENT
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "local"],
            cwd=ROOT,
            env=environment(settings) | node | dict(users or {}),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),
        )
    stack = Stack(settings, process, output, {})
    deadline = time.monotonic() + START_TIMEOUT_S
    while not settings.ready_file.exists():
        if process.poll() is not None:
            raise StackFailed(f"It ended with code {process.returncode}:\n{stack.logs()}")
        if time.monotonic() > deadline:
            stack.stop()
            raise StackFailed(f"It was not ready within {START_TIMEOUT_S:.0f} s:\n{stack.logs()}")
        time.sleep(0.05)
    stack.ready = json.loads(settings.ready_file.read_text())
    return stack


@contextlib.contextmanager
def running_stack(state_dir: Path) -> Iterator[Stack]:
    """Emulator, gateway, dashboard and one ingest node, stopped at the end."""
    stack = start_stack(settings_in(state_dir))
    try:
        yield stack
    finally:
        stack.stop()


@dataclass
class Emulator:
    """A filled emulator: tables, key, bus, sign-in. `env` is what our code must run under to use it."""

    settings: LocalSettings
    process: subprocess.Popen[bytes]
    env: dict[str, str]

    @property
    def url(self) -> str:
        return self.settings.cloud_url

    @property
    def state_dir(self) -> Path:
        return self.settings.state_dir

    def stop(self) -> None:
        """It saves its state."""
        self.process.terminate()
        self.process.wait(STOP_TIMEOUT_S)

    def start_again(self) -> None:
        self.process = _start_emulator(self.settings)


def _start_emulator(settings: LocalSettings) -> subprocess.Popen[bytes]:
    # To a file: where nothing takes its events it complains about every one of them.
    with (settings.state_dir / "emulator.log").open("ab") as log:
        process = subprocess.Popen(
            emulator.COMMAND,
            cwd=ROOT,
            env=emulator.environment(settings, load_or_make_secrets(settings.state_dir)),
            stdout=log,
            stderr=log,
            preexec_fn=die_with(os.getpid()),
        )
    deadline = time.monotonic() + START_TIMEOUT_S
    while not answers(f"{settings.cloud_url}/_ministack/ready"):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise StackFailed("The emulator did not start")
        time.sleep(0.05)
    return process


@contextlib.contextmanager
def running_emulator(state_dir: Path) -> Iterator[Emulator]:
    """The emulator alone, filled, stopped at the end."""
    settings = settings_in(state_dir)
    make_private_folder(state_dir)
    running = Emulator(settings, _start_emulator(settings), {})
    try:
        env = bootstrap_environment(settings, load_or_make_secrets(state_dir), environment(settings))
        subprocess.run(
            [sys.executable, "-m", "local.bootstrap"], cwd=ROOT, env=env, check=True, timeout=START_TIMEOUT_S
        )
        # As nodes are by default; the whole local cloud packages.
        running.env = services_environment(settings) | {"STREAM_SYNC_PACKAGING": "off"}
        yield running
    finally:
        running.stop()


def forget_connections() -> None:
    """Whoever asks next reads the environment again."""
    from chalicelib import aws, config
    from chalicelib.store import guard
    from chalicelib.store.models import TABLES
    from chalicelib.store.runtime_models import Heartbeat

    config.settings.cache_clear()
    boto3.DEFAULT_SESSION = None  # it keeps the credentials that it read first
    aws.client.cache_clear()
    guard._connection.cache_clear()
    tables: tuple[type[Model], ...] = (*TABLES, Heartbeat)
    for table in tables:
        table._connection = None


@contextlib.contextmanager
def in_environment(cloud: Emulator) -> Iterator[None]:
    """Our stores and services, in this very process, talk to that emulator."""
    ours = {name: value for name, value in cloud.env.items() if name.startswith(("AWS_", "STREAM_SYNC_"))}
    with pytest.MonkeyPatch.context() as environment:
        for name, value in ours.items():
            environment.setenv(name, value)
        forget_connections()
        yield
    forget_connections()
