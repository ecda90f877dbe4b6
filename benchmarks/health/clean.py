"""Half an hour of real OBS, and of ffmpeg beside it, set as the documentation advises; the film has cuts.

A clean stream must have no finding. Where this machine is too slow for OBS, OBS counts the frames that it skipped, so
each finding is printed beside what OBS and the machine said at that time: it is true, or a rule is wrong.
"""

import contextlib
import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.domain.events import EventName, HealthEventName
from chalicelib.store import pulses
from tests.support.encoders import Program
from tests.support.nodes import Node
from tests.support.obs import Obs, XServer
from tests.support.obs_profile import Profile
from tests.support.ports import free_ports
from tests.support.studio import Studio
from tests.support.waiting import until

WIDTH, HEIGHT, FPS, KBPS = 854, 480, 30, 1_500
SCENES = {"testsrc2": 23, "smptehdbars": 14, "testsrc": 23}  # lavfi sources, seconds
POLL_S = 5.0
ON_AIR_S = 90.0  # until OBS has started on a busy machine
BEFORE_S = 30.0  # a rule's window: what OBS skipped in it may be why there is a finding


@dataclass(frozen=True)
class Poll:
    """One look at a stream. `lost` counts from the start: frames that OBS lost in rendering, in encoding, and in its
    connection.
    """

    at: float
    load: float
    fps: float | None
    kbps: float | None
    lost: tuple[int, int, int] = (0, 0, 0)
    findings: tuple[str, ...] = ()


@dataclass
class Watched:
    """One clean stream."""

    encoder: str
    settings: str
    studio: Studio
    pid: int
    obs: Obs | None = None
    polls: list[Poll] = field(default_factory=list)

    def measured(self) -> bool:
        return pulses.find(self.studio.channel.stream_id or "") is not None

    def look(self) -> None:
        pulse = pulses.find(self.studio.channel.stream_id or "")
        fps, kbps = (None, None) if pulse is None else (pulse.fps, pulse.bitrate_kbps)
        lost = (0, 0, 0) if self.obs is None else _lost(self.obs)
        found = () if pulse is None else pulse.findings
        poll = Poll(time.time(), os.getloadavg()[0], fps, kbps, lost, tuple(finding.code for finding in found))
        if poll.findings != (self.polls[-1].findings if self.polls else ()):
            said = ", ".join(f"{finding.code} ({finding.measured})" for finding in found) or "no finding"
            print(f"{time.strftime('%H:%M:%S')} {self.encoder}: {said}; lost {lost}, load {poll.load}", flush=True)
        self.polls.append(poll)

    def findings(self) -> list[dict[str, Any]]:
        """Each with its minute, and with what OBS had skipped in the half minute before."""
        began = self.polls[0].at
        return [
            {
                "minute": round((entry.at / 1000 - began) / 60, 1),
                "code": entry.facts["code"],
                "severity": entry.facts["severity"],
                "measured": entry.facts["measured"],
                "lost_before": self._lost_before(entry.at / 1000),
                "load": max(poll.load for poll in self._near(entry.at / 1000)),
            }
            for entry in self.studio.timeline()
            if entry.kind == HealthEventName.FINDING_START
        ]

    def _lost_before(self, at: float) -> list[int]:
        near = self._near(at)
        return [last - first for first, last in zip(near[0].lost, near[-1].lost, strict=True)]

    def _near(self, at: float) -> list[Poll]:
        """From a rule's window before it until just after."""
        return [poll for poll in self.polls if at - BEFORE_S - POLL_S <= poll.at <= at + POLL_S] or self.polls[:1]

    def result(self) -> dict[str, Any]:
        loads = [poll.load for poll in self.polls]
        return {
            "encoder": self.encoder,
            "settings": self.settings,
            "minutes": round((self.polls[-1].at - self.polls[0].at) / 60, 1),
            "findings": self.findings(),
            "fps": _spread([poll.fps for poll in self.polls if poll.fps is not None]),
            "kbps": _spread([poll.kbps for poll in self.polls if poll.kbps is not None]),
            "lost": list(self.polls[-1].lost),
            "load": _spread(loads),
            "interruptions": self.studio.kinds().count(EventName.STREAM_INTERRUPTED),
        }


def run(node: Node, folder: Path, minutes: float, nice: int) -> list[dict[str, Any]]:
    """Both at once, each on a channel of its own; `nice` is the priority that all of it has."""
    film = _film(folder)
    with _obs(node, folder, film) as by_obs, _ffmpeg(node, film) as by_ffmpeg:
        streams = [by_obs, by_ffmpeg]
        for pid in (os.getpid(), *(each.pid for each in streams)):
            _prefer(pid, nice)
        for each in streams:
            until(each.measured, f"{each.encoder} is live", ON_AIR_S)
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            for each in streams:
                each.look()
            time.sleep(POLL_S)
        return [each.result() for each in streams]


def _film(folder: Path) -> Path:
    """A minute with cuts between three scenes, and a tone; whole groups of pictures of 2 s, so that it repeats well."""
    path = folder / "film.mp4"
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y"]
    for scene, seconds in SCENES.items():
        command += ["-f", "lavfi", "-t", str(seconds), "-i", f"{scene}=size={WIDTH}x{HEIGHT}:rate={FPS}"]
    command += ["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000"]
    cuts = "".join(f"[{number}:v]setsar=1[v{number}];" for number in range(len(SCENES)))
    cuts += "".join(f"[v{number}]" for number in range(len(SCENES))) + f"concat=n={len(SCENES)}[v]"
    command += ["-filter_complex", cuts, "-map", "[v]", "-map", f"{len(SCENES)}:a"]
    command += ["-t", str(sum(SCENES.values())), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    command += ["-b:v", f"{KBPS}k", "-minrate", f"{KBPS}k", "-maxrate", f"{KBPS}k", "-bufsize", f"{KBPS}k"]
    command += ["-g", str(2 * FPS), "-x264-params", "nal-hrd=cbr:force-cfr=1:scenecut=0"]
    command += ["-c:a", "aac", "-b:a", "128k", "-ac", "2", str(path)]
    subprocess.run(command, check=True, timeout=300)
    return path


@contextlib.contextmanager
def _obs(node: Node, folder: Path, film: Path) -> Iterator[Watched]:
    profile = Profile(WIDTH, HEIGHT, FPS, KBPS, "superfast", keyframes_s=2, film=film)
    studio, (port,) = Studio(), free_ports(1)
    with (
        XServer() as screen,
        Obs(folder / "obs", screen, node.ingest_url, studio.stream_key, control_port=port, profile=profile) as obs,
    ):
        obs.until_on_air(within=ON_AIR_S)
        settings = f"Advanced, x264 superfast CBR {KBPS} kbit/s, {WIDTH}x{HEIGHT}p{FPS}, Keyframe Interval 2 s"
        yield Watched("OBS", settings, studio, obs.pid, obs)


@contextlib.contextmanager
def _ffmpeg(node: Node, film: Path) -> Iterator[Watched]:
    studio = Studio()
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-re", "-stream_loop", "-1", "-i", str(film)]
    url = f"{node.ingest_url}/{studio.stream_key}"
    with Program("ffmpeg", [*command, "-c", "copy", "-f", "flv", url], hide={studio.stream_key: "<key>"}) as program:
        settings = f"-re -stream_loop -1 -c copy, {WIDTH}x{HEIGHT}p{FPS}, {KBPS} kbit/s, -g {2 * FPS}"
        yield Watched("FFmpeg", settings, studio, program.pid)


def _prefer(pid: int, nice: int) -> None:
    """Linux shares a core between sessions first (sched(7), autogroup): a process's own priority counts within one."""
    group = Path(f"/proc/{pid}/autogroup")
    if nice and group.exists():
        group.write_text(str(nice))


def _lost(obs: Obs) -> tuple[int, int, int]:
    """The same three that View > Stats shows."""
    stats = obs.request("GetStats")
    return stats["renderSkippedFrames"], stats["outputSkippedFrames"], obs.output()["outputSkippedFrames"]


def _spread(values: list[float]) -> dict[str, float]:
    """The least, the median and the most."""
    found = (min(values), statistics.median(values), max(values))
    return dict(zip(("least", "median", "most"), (round(each, 2) for each in found), strict=True))


def table(results: list[dict[str, Any]]) -> str:
    """One line each, and one for each finding."""
    lines = [
        "| encoder | minutes | findings | frames a second | kbit/s | lost by OBS | load |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in results:
        fps, kbps, load = (" / ".join(f"{value:g}" for value in one[name].values()) for name in ("fps", "kbps", "load"))
        lost = ", ".join(map(str, one["lost"])) if one["encoder"] == "OBS" else ""
        lines.append(
            f"| {one['encoder']} ({one['settings']}) | {one['minutes']:g} | {len(one['findings'])} | {fps} | {kbps} "
            f"| {lost} | {load} |"
        )
        lines += [f"    {found}" for found in one["findings"]]
    return "\n".join(lines)
