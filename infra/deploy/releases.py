"""What was deployed, newest first, in a parameter of Systems Manager: what `rollback` goes back to."""

import os
import shlex
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import ClientError
from pydantic import BaseModel, TypeAdapter, ValidationError

from infra.deploy import image, ingest
from infra.deploy.run import CannotDeploy, Run

KEPT = 10  # a parameter has 4 KB
# What `make` installs, and the files that say what is installed. A release whose files differ installs its own.
TOOLS = {
    ".venv": ("local/requirements.txt", "requirements-dev.txt", "local/make_venv.sh"),
    ".venv-node": (),
    "dashboard/node_modules": ("dashboard/package-lock.json",),
}
OF_MAKE = frozenset({"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"})  # the arguments of `make rollback`


class Release(BaseModel):
    """A commit and the image that was made of it."""

    revision: str
    image: str
    at: str


_RELEASES = TypeAdapter(list[Release])


def parameter(run: Run) -> str:
    return f"/{run.stage.prefix}/releases"


def known(run: Run) -> list[Release]:
    try:
        text = run.client("ssm").get_parameter(Name=parameter(run))["Parameter"]["Value"]
        return _RELEASES.validate_json(text)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return []
        raise
    except ValidationError:
        raise CannotDeploy(f"The parameter {parameter(run)} is no list of releases: delete it") from None


def record(run: Run) -> None:
    """The step `release`: what runs now, after every step before has passed."""
    running = ingest.running_image(run)
    if running is None:
        raise CannotDeploy("The ingest stack does not exist: run the step `ingest`")
    revision = run.answer("git", "rev-parse", "HEAD")
    if image.is_changed(run):
        run.say("  files differ from the commit: a rollback to this release deploys the commit")
    now = Release(revision=revision, image=running, at=datetime.now(UTC).isoformat(timespec="seconds"))
    earlier = [one for one in known(run) if (one.revision, one.image) != (now.revision, now.image)]
    value = _RELEASES.dump_json([now, *earlier][:KEPT]).decode()
    run.client("ssm").put_parameter(Name=parameter(run), Value=value, Type="String", Overwrite=True)
    run.say(f"  {revision[:12]}; `make rollback` goes back to {earlier[0].revision[:12] if earlier else 'nothing yet'}")


def forget(run: Run) -> None:
    try:
        run.client("ssm").delete_parameter(Name=parameter(run))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise


def roll_back(run: Run, revision: str | None, skipped: Sequence[str] = ()) -> None:
    """Deploys an earlier release with its own code, templates and image. Data stays: the data stack is not touched.

    `skipped`: steps of its deployment that are left out.

    Raises CannotDeploy.
    """
    releases = known(run)
    chosen = [one for one in releases[1:] if revision is None or one.revision.startswith(revision)]
    if not chosen:
        named = ", ".join(one.revision[:12] for one in releases[1:]) or "none"
        raise CannotDeploy(f"There is no such earlier release; known: {named}")
    release = chosen[0]
    run.say(f"Rolling {run.stage.prefix} back to {release.revision[:12]} of {release.at}")
    folder = _checked_out(run, release)
    arguments = ["--from", "ingest", "--image", release.image]
    for key, value in run.settings.items():
        arguments += ["--set", f"{key}={value}"]
    for step in skipped:
        arguments += ["--skip", step]
    try:
        run.command(
            *("make", "-C", str(folder), "deploy", f"STAGE={run.stage.name}"),
            f"ARGS={shlex.join(arguments)}",
            env={name: value for name, value in os.environ.items() if name not in OF_MAKE},
        )
    except CannotDeploy:
        raise CannotDeploy(
            f"The rollback stopped, for the reason above. Run the same command again, or go on in {folder}"
        ) from None


def _checked_out(run: Run, release: Release) -> Path:
    """The release's own source, with the tools of this folder where they are the same."""
    folder = run.root / "build" / "rollback" / release.revision[:12]
    if not folder.exists():
        run.command("git", "worktree", "prune")  # `make clean` deletes the folders alone
        run.command("git", "worktree", "add", "--detach", str(folder), release.revision)
    for shared, locks in TOOLS.items():
        ours, its = run.root / shared, folder / shared
        if ours.exists() and not its.exists() and all(_same(run.root / lock, folder / lock) for lock in locks):
            its.symlink_to(ours)
            for lock in locks:  # or make would find them newer than what was installed by them
                shutil.copystat(run.root / lock, folder / lock)
    return folder


def _same(ours: Path, its: Path) -> bool:
    return its.is_file() and ours.is_file() and ours.read_bytes() == its.read_bytes()


__all__ = ["Release", "forget", "known", "record", "roll_back"]
