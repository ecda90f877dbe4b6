"""`python -m benchmarks.rolling`: two nodes are replaced by two new ones under ffmpeg and OBS, behind a load balancer.

Each ffmpeg begins anew 1.5 s after its connection is gone; OBS reconnects as it does by default. It fails if a stream
ends or gets another id. Results: benchmarks/results/rolling.json.
"""

import argparse
import contextlib
import json
import statistics
import tempfile
from pathlib import Path

from benchmarks.ingest import report
from local.settings import ROOT
from tests.support.encoders import make_clip
from tests.support.obs import Obs, XServer
from tests.support.ports import free_ports
from tests.support.rolling import ReconnectingFfmpeg, Replaced, all_live, fleet, replace_all
from tests.support.stack import in_environment, running_emulator
from tests.support.studio import Studio

RESULTS = ROOT / "benchmarks" / "results" / "rolling.json"
NOTICE_S = 2.0  # the load balancer here checks twice a second


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.rolling", description=__doc__)
    arguments.add_argument("--ffmpeg", type=int, default=20, help="streams of ffmpeg")
    arguments.add_argument("--obs", type=int, default=0, help="streams of OBS")
    arguments.add_argument("--drain-seconds", type=float, default=40, help="time that each old node has")
    arguments.add_argument("--write", action="store_true", help="write the results")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="stream-sync-rolling-") as name:
        result = _measure(Path(name), chosen.ffmpeg, chosen.obs, chosen.drain_seconds)
    print(json.dumps(result, indent=2))
    if chosen.write:
        RESULTS.write_text(json.dumps({"machine": report.machine(), **result}, indent=2) + "\n")
    return 0


def _measure(folder: Path, ffmpegs: int, obs: int, drain_seconds: float) -> dict[str, object]:
    clip = make_clip(folder)
    settings = {"drain_seconds": drain_seconds, "drain_notice_seconds": NOTICE_S}
    with (
        running_emulator(folder / "cloud") as cloud,
        in_environment(cloud),
        fleet(cloud, folder, **settings) as nodes,
        contextlib.ExitStack() as ending,
    ):
        old = nodes.start(2)
        studios = [Studio() for _ in range(ffmpegs + obs)]
        url = nodes.balancer.url
        screen = ending.enter_context(XServer()) if obs else None
        for number, studio in enumerate(studios):
            if screen is not None and number < obs:
                (port,) = free_ports(1)
                home = folder / f"obs-{number}"
                ending.enter_context(Obs(home, screen, url, studio.stream_key, control_port=port))
            else:
                ending.callback(ReconnectingFfmpeg(clip, url, studio.stream_key).end)
        all_live(studios, within=120)
        replaced = replace_all(nodes, old, studios)
    return {
        "streams": {"ffmpeg": ffmpegs, "obs": obs},
        "drain_seconds": drain_seconds,
        "drains_s": [round(each, 1) for each in replaced.drains],
        "ffmpeg": _summary(replaced, studios[obs:]),
        "obs": _summary(replaced, studios[:obs]),
    }


def _summary(replaced: Replaced, studios: list[Studio]) -> dict[str, object] | None:
    """How often streams were interrupted, and for how long each time, in seconds."""
    each = [replaced.interruptions[studio.channel_id] for studio in studios]
    all_of_them = sorted(seconds for one in each for seconds in one)
    if not all_of_them:
        return None
    return {
        "interruptions": len(all_of_them),
        "most_of_one_stream": max(map(len, each)),
        "shortest_s": round(all_of_them[0], 2),
        "median_s": round(statistics.median(all_of_them), 2),
        "longest_s": round(all_of_them[-1], 2),
    }


if __name__ == "__main__":
    raise SystemExit(main())
