"""The steps `site-front`, `edge` and `api-front`: firewalls, and names where the stage has a domain."""

from infra.deploy import stacks
from infra.deploy.chalice_state import Deployed, path_of
from infra.deploy.run import Run

# CloudFront takes certificates and web ACLs from here, wherever the stage is.
CLOUDFRONT_REGION = "us-east-1"


def in_cloudfronts_region(run: Run) -> Run:
    return run.in_region(CLOUDFRONT_REGION)


def deploy_site(run: Run) -> None:
    stacks.deploy(in_cloudfronts_region(run), "site-front")


def edge_parameters(run: Run) -> dict[str, str]:
    """What CloudFront is given of the stack before it, unless the operator says otherwise."""
    stack = stacks.find(in_cloudfronts_region(run), run.stage.stack("site-front")) or {}
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
    return {name: outputs[name] for name in ("WebAclArn", "CertificateArn") if name in outputs}


def deploy_edge(run: Run) -> None:
    stacks.deploy(run, "edge", edge_parameters(run))
    run.say("  handing the playback secret to CloudFront")
    run.command("sh", "infra/publish_playback_secret.sh", run.stage.name)


def api_parameters(run: Run) -> dict[str, str]:
    deployed = Deployed.read(path_of(run))
    names = {"WebsocketApiId": deployed.websocket_api_id} if run.stage.domain is not None else {}
    return {"RestApiId": deployed.rest_api_id, **names}


def deploy_api(run: Run) -> None:
    stacks.deploy(run, "api-front", api_parameters(run))


__all__ = [
    "CLOUDFRONT_REGION",
    "api_parameters",
    "deploy_api",
    "deploy_edge",
    "deploy_site",
    "edge_parameters",
    "in_cloudfronts_region",
]
