"""`python -m benchmarks.latency [--quick]`: how late viewers see it, glass to glass.

ffmpeg (x264, zerolatency) is given a picture of the present time 30 times a second; Chromium plays the watch page of
`make run`'s own stack, and what it shows is read back. Nothing else should run on the machine meanwhile.

    low, normal   seconds behind, of each frame, with the page's latency choice
    opening       from opening the page to its first frame, each time in a new browser context
    start         from LIVE to the first part that can be played

Results: benchmarks/results/latency.json.
"""

import argparse
import json
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.ingest import report
from benchmarks.latency.clock import READ, ClockEncoder
from local.loopback import open_url
from local.settings import ROOT
from tests.e2e.browser.accounts import Broadcaster, new_broadcaster
from tests.e2e.browser.conftest import ARGUMENTS, CHROMIUM
from tests.support.stack import running_stack
from tests.support.waiting import until

RESULTS = ROOT / "benchmarks" / "results" / "latency.json"
WARM_S = 20.0
GOALS = {"low": 2.0, "normal": 6.0, "opening": 1.5, "start": 3.0}  # seconds: p95, the first two the median too


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.latency")
    arguments.add_argument("--quick", action="store_true", help="a first look; writes no results")
    quick = arguments.parse_args().quick
    found: dict[str, Any] = {"machine": report.machine()}
    with (
        tempfile.TemporaryDirectory(prefix="stream-sync-bench-") as folder,
        running_stack(Path(folder)) as stack,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS, "--autoplay-policy=no-user-gesture-required"]
        )
        broadcaster = new_broadcaster(stack)
        address = f"{stack.rtmp_url}/{broadcaster.stream_key()}"
        found["start"] = _told("start", _starts(broadcaster, address, 2 if quick else 5))
        with ClockEncoder(address):
            _playable(_hls_url(broadcaster))
            page = f"{stack.http_url}/watch/{broadcaster.channel()['channel_id']}"
            found["opening"] = _told("opening", _openings(chromium, page, 5 if quick else 20))
            for choice in ("low", "normal"):
                delays, unread = _delays(chromium, page, choice, 20.0 if quick else 300.0)
                found[choice] = _told(choice, delays) | {"unread_frames": unread}
        chromium.close()
    if not quick:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")
        print(f"Written to {RESULTS.relative_to(ROOT)}")
    return 0


def _starts(broadcaster: Broadcaster, address: str, count: int) -> list[float]:
    """Seconds from the first answer that says LIVE to the first that plays."""
    url, seconds = _hls_url(broadcaster), []
    for _ in range(count):
        with ClockEncoder(address):
            until(lambda: broadcaster.channel()["status"] == "LIVE", "LIVE", 15.0)
            began = time.monotonic()
            _playable(url)
            seconds.append(time.monotonic() - began)
        until(lambda: broadcaster.channel()["status"] == "OFFLINE", "OFFLINE", 30.0)
    return seconds


def _hls_url(broadcaster: Broadcaster) -> str:
    return str(broadcaster.channel()["playback"]["hls_url"])


def _playable(url: str) -> None:
    def plays() -> bool:
        try:
            with open_url(urllib.request.Request(url), timeout=5) as answer:
                return int(answer.status) == 200
        except urllib.error.HTTPError:
            return False

    until(plays, "the channel plays", 15.0)


def _openings(chromium: Browser, url: str, count: int) -> list[float]:
    """Seconds from navigation to the first frame on the screen."""
    seconds = []
    for _ in range(count):
        context = chromium.new_context()
        page = context.new_page()
        page.add_init_script(READ)
        page.goto(url)
        page.wait_for_function("() => window.firstFrame !== null", timeout=20_000)
        seconds.append(float(page.evaluate("() => window.firstFrame")) / 1000)
        context.close()
    return seconds


def _delays(chromium: Browser, url: str, choice: str, seconds: float) -> tuple[list[float], int]:
    """Seconds between making and showing, of each frame that is shown; and how many could not be read."""
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(READ)
    page.goto(url)
    page.wait_for_function("() => window.firstFrame !== null", timeout=20_000)
    page.get_by_test_id("latency-choice").select_option(choice)
    page.wait_for_timeout(1000 * WARM_S)
    page.evaluate("() => { window.delays = []; window.unread = 0 }")
    page.wait_for_timeout(1000 * seconds)
    delays = [delay / 1000 for delay in page.evaluate("() => window.delays")]
    unread = int(page.evaluate("() => window.unread"))
    context.close()
    return delays, unread


def _told(name: str, seconds: list[float]) -> dict[str, Any]:
    values = sorted(seconds)
    found = {
        "count": len(values),
        "median_s": round(values[len(values) // 2], 3),
        "p95_s": round(values[min(len(values) - 1, len(values) * 95 // 100)], 3),
        "max_s": round(values[-1], 3),
    }
    print(
        f"{name:8} median {found['median_s']:.2f} s, p95 {found['p95_s']:.2f} s, at most {found['max_s']:.2f} s "
        f"({found['count']:,}; goal {GOALS[name]:g} s)",
        flush=True,
    )
    return found


if __name__ == "__main__":
    sys.exit(main())
