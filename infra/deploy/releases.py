"""What was deployed, newest first, in a parameter of Systems Manager: what `rollback` goes back to."""

import sys
from datetime import UTC, datetime

from botocore.exceptions import ClientError
from pydantic import BaseModel, TypeAdapter, ValidationError

from infra.deploy import ingest
from infra.deploy.run import CannotDeploy, Run

KEPT = 10  # a parameter has 4 KB


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
    image = ingest.running_image(run)
    if image is None:
        raise CannotDeploy("The ingest stack does not exist: run the step `ingest`")
    revision = run.answer("git", "rev-parse", "HEAD")
    now = Release(revision=revision, image=image, at=datetime.now(UTC).isoformat(timespec="seconds"))
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


def roll_back(run: Run, revision: str | None) -> None:
    """Deploys an earlier release with its own code, templates and image. Data stays: the data stack is not touched.

    Raises CannotDeploy.
    """
    releases = known(run)
    chosen = [one for one in releases[1:] if revision is None or one.revision.startswith(revision)]
    if not chosen:
        named = ", ".join(one.revision[:12] for one in releases[1:]) or "none"
        raise CannotDeploy(f"There is no such earlier release; known: {named}")
    release = chosen[0]
    run.say(f"Rolling {run.stage.prefix} back to {release.revision[:12]} of {release.at}")
    folder = run.root / "build" / "rollback" / release.revision[:12]
    if not folder.exists():
        run.command("git", "worktree", "add", "--detach", str(folder), release.revision)
    for shared in (".venv", ".venv-node", "dashboard/node_modules"):
        if (run.root / shared).exists() and not (folder / shared).exists():
            (folder / shared).symlink_to(run.root / shared)
    run.command(
        *("env", "-C", str(folder), sys.executable, "-m", "infra.deploy", "deploy", run.stage.name),
        *("--from", "ingest", "--image", release.image),
    )


__all__ = ["Release", "forget", "known", "record", "roll_back"]
