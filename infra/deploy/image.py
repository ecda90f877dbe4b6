"""The ingest image for Graviton, by its digest. A revision that was pushed before is not built again."""

import base64
import json
import time
from tempfile import TemporaryDirectory

from botocore.exceptions import ClientError

from infra.deploy.run import CannotDeploy, Run

PLATFORM = "linux/arm64"
DOCKERFILE = "ingest_container/Dockerfile"


def revision(run: Run) -> str:
    """Of the source: its commit, or a new name if files differ from it."""
    commit = run.answer("git", "rev-parse", "--short=12", "HEAD")
    return f"{commit}-{int(time.time())}" if is_changed(run) else commit


def is_changed(run: Run) -> bool:
    """Whether files differ from the commit; addresses in `.chalice` do not count."""
    return bool(run.answer("git", "status", "--porcelain", "--untracked-files=no", "--", ".", ":!.chalice"))


def build(run: Run) -> str:
    """`<repository>@sha256:...`, pushed. Raises CannotDeploy."""
    repository, tag = run.output("IngestRepository"), revision(run)
    digest = _digest(run, repository, tag)
    if digest is None:
        digest = _built(run, repository, tag)
    else:
        run.say(f"  {tag} was pushed before")
    return f"{repository}@{digest}"


def _digest(run: Run, repository: str, tag: str) -> str | None:
    try:
        found = run.client("ecr").describe_images(
            repositoryName=repository.partition("/")[2], imageIds=[{"imageTag": tag}]
        )["imageDetails"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ImageNotFoundException":
            return None
        raise
    return str(found[0]["imageDigest"]) if found else None


def _built(run: Run, repository: str, tag: str) -> str:
    _login(run, repository)
    run.say(f"  building {tag} for {PLATFORM}")
    with TemporaryDirectory() as folder:
        facts = f"{folder}/image.json"
        run.command(
            *("docker", "buildx", "build", "--platform", PLATFORM, "--file", DOCKERFILE),
            # Without attestations the digest is the image's own, not an index's.
            *("--provenance=false", "--tag", f"{repository}:{tag}", "--push", "--metadata-file", facts, "."),
        )
        try:
            with open(facts) as file:
                return str(json.load(file)["containerimage.digest"])
        except (OSError, ValueError, KeyError):
            raise CannotDeploy("docker buildx did not say which image it pushed: update Docker") from None


def _login(run: Run, repository: str) -> None:
    token = run.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(token).decode().partition(":")
    run.command(
        *("docker", "login", "--username", user, "--password-stdin", repository.partition("/")[0]),
        secret_input=password,
    )


__all__ = ["PLATFORM", "build", "is_changed", "revision"]
