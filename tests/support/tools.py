"""Programs that tests run and a machine may lack. Where one is missing the test is skipped by name; in CI it fails."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from local import emulator
from local.settings import ROOT
from tests.support import disk

CLIENTS = ROOT / "tests" / "support" / "clients"
GORTMPLIB = ROOT / "build" / "clients" / "gortmplib"

MISSING: dict[str, list[str]] = {}
"""Tool -> ids of the tests that went without; the end of the run lists them."""


def _can_make_network_namespaces() -> bool:
    if os.geteuid() != 0 or not shutil.which("ip"):
        return False
    name = f"stream-sync-probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    if made:
        subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)
    return made


def _nginx_has_rtmp() -> bool:
    return shutil.which("nginx") is not None and any(Path("/etc/nginx/modules-enabled").glob("*rtmp*"))


# Tools that are more than a program on the PATH.
_SPECIAL: dict[str, Callable[[], bool]] = {
    "ministack": lambda: emulator.PYTHON.exists(),
    "dashboard": lambda: (ROOT / "dashboard" / "dist" / "index.html").exists(),
    "tmpfs": disk.can_mount,
    "network namespaces": _can_make_network_namespaces,
    "nginx with rtmp": _nginx_has_rtmp,
    "node-media-server": lambda: (CLIENTS / "node_modules" / "node-media-server").is_dir(),
    "hls.js": lambda: (CLIENTS / "node_modules" / "hls.js").is_dir(),
    "hls-parser": lambda: (CLIENTS / "node_modules" / "hls-parser").is_dir(),
    "mp4box": lambda: (CLIENTS / "node_modules" / "mp4box").is_dir(),
    "gortmplib": GORTMPLIB.exists,
}


def has_tool(name: str) -> bool:
    return _SPECIAL[name]() if name in _SPECIAL else shutil.which(name) is not None


def need(test_id: str, *tools: str) -> None:
    """Skip (in CI: fail) the test that runs unless all of the tools are there."""
    missing = [tool for tool in tools if not has_tool(tool)]
    if not missing:
        return
    for tool in missing:
        MISSING.setdefault(tool, []).append(test_id)
    words = f"needs {', '.join(missing)}"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{words}: in CI every test must run", pytrace=False)
    pytest.skip(words)
