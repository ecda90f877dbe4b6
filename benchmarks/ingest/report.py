"""The rows as a table on the terminal, and as they are kept."""

import os
import platform
import subprocess
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.ingest.scenarios import FLOOR, NGINX, Row

HEADINGS = ("server", "CPU-s/GB", "x nginx", "x floor", "Gbit/s", "memory MB", "read delay p95", "max")
WIDTHS = (22, 10, 9, 9, 8, 10, 15, 9)


def table(rows: list[Row], seconds: float) -> str:
    """One scenario's rows, one line each."""
    floor = next((row.cpu_per_gb for row in rows if row.server == FLOOR), 0.0)
    nginx = next((row.cpu_per_gb for row in rows if row.server == NGINX), 0.0)
    lines = ["".join(text.ljust(width) for text, width in zip(HEADINGS, WIDTHS, strict=True))]
    for row in rows:
        outcome = row.outcome
        delays = (
            (f"{outcome.read_delay_p95_ms:.0f} ms", f"{outcome.read_delay_max_ms:.0f} ms") if row.paced else ("", "")
        )
        cells = (
            row.server,
            f"{row.cpu_per_gb:.3f}",
            _ratio(row.cpu_per_gb, nginx),
            _ratio(row.cpu_per_gb, floor),
            f"{outcome.gigabytes * 8 / seconds:.2f}",
            f"{outcome.memory_live_kb / 1024:.0f}",
            *delays,
        )
        note = (
            ""
            if row.is_sound
            else f"  refused {outcome.refused}, broken {outcome.broken}, behind {outcome.behind_ms} ms"
        )
        lines.append("".join(text.ljust(width) for text, width in zip(cells, WIDTHS, strict=True)) + note)
    return "\n".join(lines)


def _ratio(value: float, other: float) -> str:
    return f"{value / other:.2f}" if other else "-"


def machine() -> dict[str, Any]:
    """Where the figures are from."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    nginx = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr.strip()
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": model,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "nginx": nginx.partition(": ")[2],
    }


def as_json(row: Row) -> dict[str, Any]:
    """Add the derived figures that the tables show."""
    return {
        "scenario": row.scenario,
        "paced": row.paced,
        "chunk_size": row.chunk_size,
        "server": row.server,
        "cpu_s_per_gb": round(row.cpu_per_gb, 4),
        "runs": row.runs,
        "cpu_s_per_gb_range": [round(row.lowest, 4), round(row.highest, 4)],
        "sound": row.is_sound,
        **asdict(row.outcome),
    }
