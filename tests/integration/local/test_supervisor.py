"""`make run` from the outside: ready, taken ports, every way to end, and what the next run finds."""

import errno
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from local import account
from local.network import reachable_address
from local.ports import CannotStart, check_free
from local.private_files import load_or_make_secrets
from local.settings import HOST, ROOT, LocalSettings
from tests.support.stack import START_TIMEOUT_S, Stack, environment, settings_in, start_stack
from tests.support.waiting import until

pytestmark = pytest.mark.needs("ministack")

IN_TIME_S = 45.0  # what it allows its children, one after the other: node, gateway, emulator
PARTS = {"local.emulator_server", "local.gateway", "ingest_container"}


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack that the test may break."""
    running = start_stack(settings_in(tmp_path))
    yield running
    running.stop()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def credentials(stack: Stack) -> dict[str, Any]:
    return account.call_api(stack.ready, stack.token(), "/api/channel/credentials?reveal=true")


def run_local(settings: LocalSettings) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local"],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=START_TIMEOUT_S,
        check=False,
    )


def test_ready_file_is_private_complete_and_gone_after_the_end(tmp_path: Path) -> None:
    stack = start_stack(settings_in(tmp_path))
    file = stack.settings.ready_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stack.ready.keys() == {"http_url", "ws_url", "rtmp_url", "demo", "admin_secret"}
    assert stack.stop() == 0
    assert not file.exists()


def test_ready_block_tells_what_to_type_into_obs(stack: Stack) -> None:
    said = stack.output.read_text()
    for part in (stack.http_url, stack.rtmp_url, stack.demo["email"], stack.demo["password"], "OBS"):
        assert part in said


def listening(settings: LocalSettings) -> dict[str, set[str]]:
    """Addresses of the three ports, in the kernel's notation."""
    ports = {settings.http_port: "http", settings.rtmp_port: "rtmp", settings.cloud_port: "cloud"}
    found: dict[str, set[str]] = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, port = local.split(":")
            if state == "0A" and int(port, 16) in ports:
                found.setdefault(ports[int(port, 16)], set()).add(address)
    return found


LOOPBACK, EVERY_ADDRESS = "0100007F", "00000000"


def test_everything_listens_on_this_machine_only(stack: Stack) -> None:
    assert listening(stack.settings) == {"http": {LOOPBACK}, "rtmp": {LOOPBACK}, "cloud": {LOOPBACK}}


def test_rtmp_alone_is_opened_to_the_network_and_its_url_is_told(tmp_path: Path) -> None:
    stack = start_stack(settings_in(tmp_path), {"STREAM_SYNC_RTMP_HOST": "0.0.0.0"})
    try:
        assert listening(stack.settings) == {"http": {LOOPBACK}, "rtmp": {EVERY_ADDRESS}, "cloud": {LOOPBACK}}
        url = f"rtmp://{reachable_address('0.0.0.0')}:{stack.settings.rtmp_port}/live"
        assert url in stack.output.read_text()
        assert credentials(stack)["ingest_url"] == url
    finally:
        stack.stop()


def test_users_settings_reach_the_running_services(tmp_path: Path) -> None:
    users = {
        "STREAM_SYNC_INGEST_URLS": '{"us-east-1": "rtmp://media.example.com/live"}',
        "STREAM_SYNC_PLAYBACK_BASE_URL": "https://play.example.com/hls",
        "STREAM_SYNC_ADMIN_SECRETS": "an-administrators-own-secret",
        "STREAM_SYNC_TABLE_PREFIX": "production-",
    }
    stack = start_stack(settings_in(tmp_path), users)
    try:
        said = stack.output.read_text()
        assert "Server rtmp://media.example.com/live" in said
        assert "STREAM_SYNC_TABLE_PREFIX is ignored" in said
        assert credentials(stack)["ingest_url"] == "rtmp://media.example.com/live"
        assert stack.admin_secret == users["STREAM_SYNC_ADMIN_SECRETS"]
        request = urllib.request.Request(f"{stack.http_url}/api/admin/nodes", headers={"X-Api-Key": stack.admin_secret})
        with urllib.request.urlopen(request, timeout=10) as response:
            assert response.status == 200
    finally:
        stack.stop()


@pytest.mark.requirement("HI-10")
def test_children_hold_only_the_secrets_they_need(tmp_path: Path) -> None:
    shell = {"GITHUB_TOKEN": "the-users-own", "AWS_SESSION_TOKEN": "the-users-own", "SECRET_KEY": "u" * 32}
    stack = start_stack(settings_in(tmp_path), shell)
    try:
        made = asdict(load_or_make_secrets(tmp_path)) | {"jwt_secret": shell["SECRET_KEY"]}
        held = {}
        for name, pid in stack.children().items():
            values = Path(f"/proc/{pid}/environ").read_bytes().decode()
            held[name] = {secret for secret, value in made.items() if value in values}
            assert "the-users-own" not in values
    finally:
        stack.stop()
    emulators = {"access_key_id", "secret_access_key"}
    assert held == {
        "local.emulator_server": emulators,
        "local.gateway": emulators | {"admin_secret", "jwt_secret", "hook_secret", "playback_secret"},
        "ingest_container": emulators | {"playback_secret"},  # it checks the tokens that the gateway makes
    }


@pytest.mark.requirement("HI-10")
def test_everything_written_is_the_users_alone(stack: Stack) -> None:
    credentials(stack)
    written = [path for path in stack.settings.state_dir.rglob("*") if path != stack.output]
    assert [path for path in written if path.lstat().st_mode & 0o077] == []


def test_next_run_finds_the_same_channel_and_key(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    first = start_stack(settings)
    before, old_token = credentials(first), first.token()
    first.stop()
    second = start_stack(settings)
    try:
        assert credentials(second) == before
        assert second.demo == first.demo
        assert second.admin_secret == first.admin_secret
        # Whoever was signed in still is.
        assert account.call_api(second.ready, old_token, "/api/channel")["channel_id"]
    finally:
        second.stop()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda ending: ending.name)
def test_every_way_to_stop_ends_all_children_in_time(tmp_path: Path, ending: signal.Signals) -> None:
    stack = start_stack(settings_in(tmp_path))
    children = stack.children()
    assert children.keys() == PARTS
    begun = time.monotonic()
    stack.process.send_signal(ending)
    assert stack.process.wait(90) == 0
    assert time.monotonic() - begun < IN_TIME_S
    assert [name for name, pid in children.items() if alive(pid)] == []


def test_killed_supervisor_leaves_no_child_behind(tmp_path: Path) -> None:
    stack = start_stack(settings_in(tmp_path))
    children = stack.children()
    stack.process.kill()
    stack.process.wait()
    until(lambda: not any(map(alive, children.values())), "all children are gone")


def test_stop_during_the_start_leaves_nothing_behind(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    process = subprocess.Popen([sys.executable, "-m", "local"], cwd=ROOT, env=environment(settings))
    until(lambda: (settings.log_dir / "emulator.log").exists(), "the emulator has begun", 60)
    process.terminate()
    assert process.wait(90) == 0
    with socket.socket() as probe:
        assert probe.connect_ex((HOST, settings.cloud_port)) != 0


@pytest.mark.parametrize(
    ("variable", "field"),
    [
        ("STREAM_SYNC_HTTP_PORT", "http_port"),
        ("STREAM_SYNC_RTMP_PORT", "rtmp_port"),
        ("STREAM_SYNC_CLOUD_PORT", "cloud_port"),
    ],
)
def test_taken_port_is_named_with_its_variable(tmp_path: Path, variable: str, field: str) -> None:
    settings = settings_in(tmp_path)
    with socket.socket() as other:
        port = getattr(settings, field)
        other.bind((HOST, port))
        other.listen()
        ended = run_local(settings)
    assert ended.returncode == 2
    assert f"Port {port}" in ended.stderr
    assert f"{variable}=" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_second_run_beside_the_first_is_refused_and_the_first_goes_on(stack: Stack) -> None:
    ended = run_local(stack.settings)
    assert ended.returncode == 2
    assert "already running" in ended.stderr
    assert credentials(stack)["stream_key"]


def test_state_folder_in_use_is_refused_on_other_ports_too(stack: Stack) -> None:
    ended = run_local(settings_in(stack.settings.state_dir))
    assert ended.returncode == 2
    assert "STREAM_SYNC_STATE_DIR" in ended.stderr
    assert stack.settings.ready_file.exists()


def test_state_folder_that_cannot_be_one_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    ended = run_local(settings_in(tmp_path).model_copy(update={"state_dir": file}))
    assert ended.returncode == 2
    assert "STREAM_SYNC_STATE_DIR" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_port_that_only_root_may_open_is_not_called_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_socket: socket.socket, _address: tuple[str, int]) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(socket.socket, "bind", denied)
    with pytest.raises(CannotStart, match=r"may not listen on port.*\n.*STREAM_SYNC_HTTP_PORT=8080 make run"):
        check_free({"STREAM_SYNC_HTTP_PORT": (HOST, 80, "dashboard and API")})


@pytest.mark.parametrize(
    ("module", "variable", "value"),
    [
        ("local", "STREAM_SYNC_HTTP_PORT", "seventy"),
        ("local", "STREAM_SYNC_KEY_TTL_HOURS", "0"),  # the gateway would read it
        ("local", "STREAM_SYNC_CAPACITY", "many"),  # the node would
        ("local.token", "STREAM_SYNC_HTTP_PORT", "seventy"),
        ("local.demo", "STREAM_SYNC_HTTP_PORT", "seventy"),
    ],
)
def test_senseless_value_is_refused_by_name_before_anything_starts(
    tmp_path: Path, module: str, variable: str, value: str
) -> None:
    settings = settings_in(tmp_path)
    env = environment(settings) | {variable: value}
    command = [sys.executable, "-m", module]
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode != 0
    assert ended.stderr.startswith(f"{variable}: ")
    assert "Traceback" not in ended.stderr
    assert not settings.log_dir.exists()


def test_dead_node_is_started_again(own_stack: Stack) -> None:
    old = own_stack.children()["ingest_container"]
    os.kill(old, signal.SIGKILL)
    until(lambda: own_stack.children().get("ingest_container", old) != old, "a new node", 60)

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, own_stack.settings.rtmp_port)) == 0

    until(listens, "the new node listens", 90)
    assert "ingest node exited" in own_stack.output.read_text()


def test_dead_gateway_ends_the_run_and_says_why(tmp_path: Path) -> None:
    stack = start_stack(settings_in(tmp_path))
    children = stack.children()
    os.kill(children["local.gateway"], signal.SIGKILL)
    assert stack.process.wait(90) == 1
    assert "The gateway exited" in stack.output.read_text()
    assert not any(map(alive, children.values()))


def test_token_command_prints_one_accepted_jwt(stack: Stack) -> None:
    command = [sys.executable, "-m", "local.token"]
    env = environment(stack.settings)
    printed = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=True)
    assert printed.stdout.count("\n") == 1
    assert account.call_api(stack.ready, printed.stdout.strip(), "/api/channel")["status"] == "OFFLINE"


def test_commands_without_a_running_stack_say_to_start_one(tmp_path: Path) -> None:
    env = environment(settings_in(tmp_path))
    for module in ("local.token", "local.demo"):
        ended = subprocess.run(
            [sys.executable, "-m", module], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
        )
        assert (ended.returncode, "make run" in ended.stderr, "Traceback" in ended.stderr) == (1, True, False)


def test_secrets_stay_out_of_the_logs(stack: Stack) -> None:
    key = credentials(stack)["stream_key"]
    with urllib.request.urlopen(f"{stack.http_url}/health", timeout=10) as response:
        assert json.load(response)["status"] == "ok"
    logs = "\n".join(file.read_text() for file in stack.settings.log_dir.glob("*.log"))
    for secret in (key, stack.demo["password"], stack.admin_secret):
        assert secret not in logs
