"""The step `ingest`: the nodes and their load balancer, and the image that they run."""

from infra.deploy import image, stacks
from infra.deploy.run import CannotDeploy, Run

# From whose addresses the load balancer takes playback requests.
PREFIX_LIST = "com.amazonaws.global.cloudfront.origin-facing"


def parameters(run: Run, uri: str | None) -> dict[str, str]:
    """Without an image the stack keeps the one that it has."""
    lists = run.client("ec2").describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [PREFIX_LIST]}]
    )["PrefixLists"]
    if not lists:
        raise CannotDeploy(f"{run.region} has no prefix list {PREFIX_LIST}: choose another region")
    return {"CloudFrontPrefixList": lists[0]["PrefixListId"], **({"ImageUri": uri} if uri else {})}


def running_image(run: Run) -> str | None:
    """What the stack was deployed with."""
    stack = stacks.find(run, run.stage.stack("ingest")) or {}
    found = {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}
    return found.get("ImageUri")


def deploy(run: Run) -> str:
    """The operator's image, else that of this source. Answers which."""
    uri = run.image or image.build(run)
    stacks.deploy(run, "ingest", parameters(run, uri))
    return uri


__all__ = ["PREFIX_LIST", "deploy", "parameters", "running_image"]
