"""What each child of `make run` is given: the user's value where there is one, and no secret that it does not need."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from chalicelib.config import Settings
from local.environment import FIXED, bootstrap_environment, gateway_environment, node_environment, not_used
from local.private_files import Secrets, SignIn
from local.settings import ROOT, LocalSettings
from tests.support.stack import PURE_PYTHON

SECRETS = Secrets(
    admin_secret="the-admin-secret",
    jwt_secret="the-jwt-secret",
    demo_password="the-demo-password",
    bus_secret="the-bus-secret",
    hook_secret="the-hook-secret",
    playback_secret="the-playback-secret",
    access_key_id="LOCALKEY",
    secret_access_key="the-secret-access-key",
)
# Ours alone, or read by `make run` itself before it starts anything.
MAKE_RUN = {"HTTP_PORT", "RTMP_PORT", "CLOUD_PORT", "ORIGIN_PORT", "HEALTH_PORT", "STATE_DIR", "RTMP_HOST"}
# A secret of the control plane's is no business of the node's.
CONTROL_PLANE = "**Control plane**"


def documented(part: str = "") -> list[str]:
    """The variables that docs/operations.md names, in one of its tables or in all."""
    text = (ROOT / "docs" / "operations.md").read_text().partition("## Environment")[2].partition("## Logs")[0]
    if part:
        text = text.partition(part)[2].partition("\n**")[0]
    first_cells = re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)
    return [name for cell in first_cells for name in re.findall(r"`([A-Z_]+)`", cell)]


def environments(inherited: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The gateway's and the node's."""
    settings = LocalSettings(state_dir=Path("/state"))
    gateway = gateway_environment(settings, SECRETS, SignIn("pool", "client"), inherited)
    return gateway, node_environment(settings, SECRETS, inherited)


@pytest.mark.parametrize("name", sorted({*documented()} - MAKE_RUN))
def test_documented_variable_reaches_its_reader_or_is_told_not_to(name: str) -> None:
    variable = f"STREAM_SYNC_{name}"
    inherited = {variable: "the user's"}
    gateway, node = environments(inherited)
    reaches = "the user's" in (gateway.get(variable), node.get(variable))
    told = any(line.startswith(f"{variable} is ignored: ") for line in not_used(inherited))
    assert reaches != told


def test_document_names_what_there_is_to_set() -> None:
    assert {"STAGE", "INGEST_URLS", "ADMIN_SECRETS", "CAPACITY", "STATE_DIR"} <= {*documented()}
    assert {*FIXED} <= {*documented()}


@pytest.mark.parametrize(
    ("older", "ours"),
    [
        ("RTMP_URL", "STREAM_SYNC_INGEST_URLS"),
        ("HLS_URL", "STREAM_SYNC_PLAYBACK_BASE_URL"),
        ("CORS_ORIGINS", "STREAM_SYNC_ALLOWED_ORIGINS"),
        ("FRONTEND_URL", "STREAM_SYNC_ALLOWED_ORIGINS"),
        ("SECRET_KEY", "STREAM_SYNC_SECRET_KEY"),
    ],
)
def test_older_name_wins_over_the_laptops_default(older: str, ours: str) -> None:
    gateway, _ = environments({older: "the user's"})
    assert gateway[older] == "the user's"
    assert ours not in gateway


def test_empty_value_is_the_users_too() -> None:
    gateway, _ = environments({"STREAM_SYNC_WEBHOOK_ALLOWED_NETWORKS": ""})
    assert gateway["STREAM_SYNC_WEBHOOK_ALLOWED_NETWORKS"] == ""


def test_nothing_of_the_users_account_or_shell_is_passed_on() -> None:
    inherited = {
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "t",
        "GITHUB_TOKEN": "t",
        "PATH": "/bin",
        "TZ": "UTC",
    }
    settings = LocalSettings(state_dir=Path("/state"))
    for env in (*environments(inherited), bootstrap_environment(settings, SECRETS, inherited)):
        assert {"AWS_PROFILE", "AWS_SESSION_TOKEN", "GITHUB_TOKEN"} & env.keys() == set()
        assert (env["PATH"], env["TZ"]) == ("/bin", "UTC")
        assert env["AWS_SECRET_ACCESS_KEY"] == SECRETS.secret_access_key
    assert any("AWS_PROFILE" in line for line in not_used(inherited))


def test_node_is_given_no_secret_of_the_control_planes() -> None:
    inherited = {f"STREAM_SYNC_{name}": f"users-{name}" for name in documented(CONTROL_PLANE)} | {"SECRET_KEY": "users"}
    for given in ({}, inherited):
        _, node = environments(given)
        values = set(node.values())
        assert {SECRETS.admin_secret, SECRETS.jwt_secret, SECRETS.hook_secret, SECRETS.bus_secret} & values == set()
        assert {*inherited.values()} & values == set()


def test_node_runs_as_plain_python_where_the_user_says_so() -> None:
    assert environments({PURE_PYTHON: "1"})[1][PURE_PYTHON] == "1"


def test_address_for_others_is_in_what_the_dashboard_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.settings.reachable_address", lambda host: {"0.0.0.0": "192.168.1.20"}[host])
    settings = LocalSettings(rtmp_host="0.0.0.0", rtmp_app="studio")
    node = node_environment(settings, SECRETS, {})
    assert settings.rtmp_url == "rtmp://192.168.1.20:1935/studio"
    assert json.loads(node["STREAM_SYNC_INGEST_URLS"]) == {"us-east-1": settings.rtmp_url}
    assert (node["STREAM_SYNC_RTMP_HOST"], node["STREAM_SYNC_ADDRESS"]) == ("0.0.0.0", "192.168.1.20:1935")


def test_ipv6_address_stands_in_brackets_in_the_url() -> None:
    assert LocalSettings(rtmp_host="fd00::7").rtmp_url == "rtmp://[fd00::7]:1935/live"


@pytest.mark.parametrize("host", ["", "localhost", "laptop.local", "300.1.1.1"])
def test_rtmp_host_that_is_no_address_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="must be an IP address"):
        LocalSettings(rtmp_host=host)


def test_defaults_are_settings_that_the_control_plane_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway, _ = environments({})
    for name, value in gateway.items():
        monkeypatch.setenv(name, value + "x" * 32 if value in vars(SECRETS).values() else value)
    assert Settings().allowed_origins == ["http://127.0.0.1:8000", "http://localhost:8000"]
