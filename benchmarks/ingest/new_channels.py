"""Channels for a load, made in a process of its own: the tables take their names from the environment at import."""

import json
import subprocess
import sys
from collections.abc import Mapping

from local.settings import ROOT


def new_channels(env: Mapping[str, str], count: int) -> list[tuple[str, str]]:
    """Their ids, each with its stream key; `env` is the emulator's."""
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.ingest.channels", str(count)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return [(channel_id, stream_key) for channel_id, stream_key in json.loads(made.stdout)]
