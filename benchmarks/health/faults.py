"""Each fault by real ffmpeg, all at once: how long until its finding is raised, and until it is cleared.

The fault is sent until it is found; then ffmpeg is killed, and another takes the stream up without the fault. One that
was stopped goes on. A finding about something that happened, such as a jump of the clock, is cleared without that.
"""

import signal
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from chalicelib.domain.events import EventName, HealthEventName
from chalicelib.domain.findings import FindingCode
from chalicelib.domain.timeline import Entry
from tests.support.encoders import Program
from tests.support.faulty_streams import CLEAN_720P, FURTHER, QUICK, Way, encode, send
from tests.support.nodes import Node
from tests.support.studio import Studio

RAISED_S, CLEARED_S = 150.0, 120.0  # given up afterwards
POLL_S = 2.0
BEFORE_S = 10.0  # of another size, before it changes
ENCODERS = 2
HAPPENED = (FindingCode.TIMESTAMP_JUMP, FindingCode.VIDEO_RESOLUTION_CHANGED)


def run(node: Node, folder: Path, only: Sequence[str] = ()) -> list[dict[str, Any]]:
    """A row for each fault; `raised_s` and `cleared_s` are None where that did not happen."""
    ways = [way for way in (*QUICK, *FURTHER) if way.found in only or not only]
    sizes = {size for way in ways for size in (way.size, way.size_before) if size is not None}
    clean = {size: CLEAN_720P if size == CLEAN_720P.size else Way("clean", size=size) for size in sizes}
    clips = _clips(folder, [*ways, *clean.values()])
    with ThreadPoolExecutor(len(ways)) as pool:
        found = [pool.submit(_measure, way, clean, clips, node.ingest_url) for way in ways]
        return [each.result() for each in found]


def _clips(folder: Path, ways: Sequence[Way]) -> dict[Way, Path]:
    with ThreadPoolExecutor(ENCODERS) as pool:
        paths = [folder / f"{number}.flv" for number in range(len(ways))]
        return dict(zip(ways, pool.map(encode, ways, paths), strict=True))


def _measure(way: Way, clean: dict[str, Way], clips: dict[Way, Path], url: str) -> dict[str, Any]:
    studio = Studio()
    with ExitStack() as ending:

        def sends(one: Way) -> Program:
            return ending.enter_context(send(one, clips[one], url, studio.stream_key))

        if way.size_before is not None:
            before = sends(clean[way.size_before])
            _wait(studio, EventName.STREAM_START, RAISED_S)
            time.sleep(BEFORE_S)
            before.kill()
        faulty = sends(way)
        start = _wait(studio, EventName.STREAM_RESUMED if way.size_before else EventName.STREAM_START, RAISED_S)
        began = None if start is None else start.at / 1000 + way.begins_s
        if way.freezes:
            time.sleep(way.begins_s)
            began = faulty.send_signal(signal.SIGSTOP)
        raised = _wait(studio, HealthEventName.FINDING_START, RAISED_S, code=way.found, severity=way.severity)
        others = sorted({str(entry.facts["code"]) for entry in _findings(studio)} - {str(way.found)})
        better = None if raised is None else raised.at / 1000
        if way.freezes:
            better = faulty.send_signal(signal.SIGCONT)
        elif way.found not in HAPPENED:
            faulty.kill()
            sends(clean[way.size])
            resumed = _wait(studio, EventName.STREAM_RESUMED, CLEARED_S)
            better = None if resumed is None else resumed.at / 1000
        cleared = _wait(studio, HealthEventName.FINDING_END, CLEARED_S, code=way.found)
    return {
        "finding": str(way.found),
        "severity": None if raised is None else raised.facts["severity"],
        "by": way.name,
        "raised_s": _since(began, raised),
        "cleared_s": _since(better, cleared),
        "others": others,
    }


def _wait(studio: Studio, kind: str, within: float, **facts: object) -> Entry | None:
    """The last entry of the timeline that is of this kind and has these facts; None if there is none in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        entries = studio.timeline() if studio.channel.stream_id else []
        if found := [entry for entry in entries if entry.kind == kind and facts.items() <= entry.facts.items()]:
            return found[-1]
        time.sleep(POLL_S)
    return None


def _findings(studio: Studio) -> list[Entry]:
    entries = studio.timeline() if studio.channel.stream_id else []
    return [entry for entry in entries if entry.kind == HealthEventName.FINDING_START]


def _since(began: float | None, entry: Entry | None) -> float | None:
    """Seconds from a wall clock time to the entry."""
    return None if began is None or entry is None else round(entry.at / 1000 - began, 1)


def table(rows: list[dict[str, Any]]) -> str:
    """One line each."""
    lines = ["| finding | severity | raised after | cleared after | by | other findings |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row['finding']} | {row['severity']} | {row['raised_s']} s | {row['cleared_s']} s | {row['by']} "
        f"| {', '.join(row['others'])} |"
        for row in rows
    ]
    return "\n".join(lines)
