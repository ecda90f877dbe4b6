"""The step `api`: `chalice deploy`, and the settings of what it made."""

import os
import sys
from pathlib import Path

from infra import render_chalice_config
from infra.deploy import chalice_state, gateway, regions
from infra.deploy.chalice_state import Deployed
from infra.deploy.run import Run

CONNECTION_TIMEOUT_S = 300  # for uploads of the package


def deploy(run: Run) -> None:
    chalice_state.fetch(run)
    folder = run.root / ".chalice"
    render_chalice_config.write(run.stage, run.outputs(), folder)
    for region in run.stage.remote:
        render_chalice_config.add_remote(run.stage, region, regions.addresses(run, region), folder)
    try:
        run.command(*_chalice("deploy", run), "--connection-timeout", str(CONNECTION_TIMEOUT_S), env=_environment(run))
    finally:
        chalice_state.store(run)
    gateway.configure(run, Deployed.read(chalice_state.path_of(run)))


def delete(run: Run) -> None:
    chalice_state.fetch(run)
    if not chalice_state.path_of(run).is_file():
        run.say("  no API is deployed")
        return
    chalice_state.keep_deletable(run)
    run.command(*_chalice("delete", run), env=_environment(run))
    chalice_state.forget(run)


def _chalice(verb: str, run: Run) -> tuple[str, ...]:
    return str(Path(sys.executable).with_name("chalice")), verb, "--stage", run.stage.name


def _environment(run: Run) -> dict[str, str]:
    """Chalice imports the application: it must not read this machine's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STREAM_SYNC_")}
    return kept | {"AWS_DEFAULT_REGION": run.region, "AWS_REGION": run.region}


__all__ = ["delete", "deploy"]
