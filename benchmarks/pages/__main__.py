"""`python -m benchmarks.pages [--quick]`: how soon the pages show something, with an empty cache.

First contentful paint (Paint Timing) of each page in Chromium, from the gateway of `make run`'s own stack: directly,
and with the bandwidth and the delay of a usual line. Nothing else should run on the machine meanwhile.

Results: benchmarks/results/pages.json.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.ingest import report
from local.settings import ROOT
from tests.e2e.browser.accounts import new_broadcaster
from tests.e2e.browser.conftest import ARGUMENTS, CHROMIUM
from tests.support.stack import running_stack

RESULTS = ROOT / "benchmarks" / "results" / "pages.json"
GOAL_S = 1.0
LINE_KBPS, LINE_DELAY_MS = 10_000, 40

PAINTED = """() => new Promise((resolve) =>
  new PerformanceObserver((seen, observer) => {
    const paint = seen.getEntriesByName("first-contentful-paint")[0];
    if (paint) { observer.disconnect(); resolve(paint.startTime); }
  }).observe({ type: "paint", buffered: true }))"""


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.pages")
    arguments.add_argument("--quick", action="store_true", help="three loads of each page; writes no results")
    quick = arguments.parse_args().quick
    loads = 3 if quick else 10
    found: dict[str, Any] = {"machine": report.machine(), "loads": loads, "pages": {}}
    with (
        tempfile.TemporaryDirectory(prefix="stream-sync-bench-") as folder,
        running_stack(Path(folder)) as stack,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        channel_id = new_broadcaster(stack).channel()["channel_id"]
        print(f"first contentful paint in s, median and slowest of {loads}; goal {GOAL_S:g} s")
        for path in ("/", "/studio", "/account", "/admin", f"/watch/{channel_id}", f"/embed/{channel_id}"):
            name = path.replace(channel_id, "...")
            direct = [_painted(chromium, stack.http_url + path, on_a_line=False) for _ in range(loads)]
            line = [_painted(chromium, stack.http_url + path, on_a_line=True) for _ in range(loads)]
            found["pages"][name] = {"direct": _summary(direct), "line": _summary(line)}
            print(f"{name:12} directly {_told(direct)}    10 Mbit/s, 40 ms: {_told(line)}", flush=True)
        chromium.close()
    if not quick:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")
        print(f"Written to {RESULTS.relative_to(ROOT)}")
    return 0


def _painted(chromium: Browser, url: str, *, on_a_line: bool) -> float:
    """Seconds from navigation on, in a new context: nothing is cached."""
    context = chromium.new_context()
    try:
        page = context.new_page()
        if on_a_line:
            _slow_down(page)
        page.goto(url, wait_until="commit")
        return float(page.evaluate(PAINTED)) / 1000
    finally:
        context.close()


def _slow_down(page: Page) -> None:
    rate = LINE_KBPS * 1000 / 8
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LINE_DELAY_MS, "downloadThroughput": rate, "uploadThroughput": rate},
    )


def _summary(seconds: list[float]) -> dict[str, float]:
    return {"median_s": round(median(seconds), 3), "max_s": round(max(seconds), 3)}


def _told(seconds: list[float]) -> str:
    return f"{median(seconds):.2f}, {max(seconds):.2f}"


if __name__ == "__main__":
    sys.exit(main())
