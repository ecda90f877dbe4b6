"""`make destroy`: everything of a stage but its data; with `--data` the data as well."""

from collections.abc import Callable

from infra.deploy import administrator, api, fronts, regions, releases, stacks
from infra.deploy.run import CannotDeploy, Run


def destroy(run: Run, *, with_data: bool, ask: Callable[[str], str]) -> None:
    """Asks for the stage's name first. Raises CannotDeploy."""
    if run.stage.keep:
        raise CannotDeploy(
            f"{run.stage.name} is protected: its tables, load balancer and stacks refuse to be deleted. To delete it "
            "after all, set keep=False for it in infra/stages.py, run `make deploy`, and then this command again"
        )
    what = "with ALL DATA: channels, keys, accounts" if with_data else "but its data"
    if ask(f"Delete {run.stage.prefix} {what}. Type the name of the stage: ").strip() != run.stage.name:
        raise CannotDeploy("Nothing was deleted.")
    regions.delete(run)
    for noun in ("observability", "api-front", "api-edge"):
        run.say(noun)
        stacks.delete(run, noun)
    run.say("api")
    if stacks.find(run, run.stage.stack("data")) is not None:
        api.delete(run)
    for noun in ("edge", "ingest"):
        run.say(noun)
        stacks.delete(run, noun)
    run.say("site-front")
    stacks.delete(fronts.in_cloudfronts_region(run), "site-front")
    if not with_data:
        run.say(f"{run.stage.stack('data')} and the buckets remain. `make deploy` builds the rest on them again.")
        return
    administrator.delete(run)
    releases.forget(run)
    _empty_repository(run)
    run.say("data")
    stacks.delete(run, "data")
    run.say("Recordings and pages are still in their buckets, which CloudFormation retains: delete those by hand.")


def _empty_repository(run: Run) -> None:
    """CloudFormation deletes no repository that holds images."""
    repository = run.outputs().get("IngestRepository", "").partition("/")[2]
    if not repository:
        return
    ecr = run.client("ecr")
    for page in ecr.get_paginator("list_images").paginate(repositoryName=repository):
        for start in range(0, len(page["imageIds"]), 100):
            ecr.batch_delete_image(repositoryName=repository, imageIds=page["imageIds"][start : start + 100])


__all__ = ["destroy"]
