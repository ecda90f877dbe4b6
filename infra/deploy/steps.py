"""The steps of a deployment, in their order. Each can be run alone and again."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from infra import costs
from infra.deploy import administrator, api, fronts, ingest, preflight, regions, releases, smoke, stacks, website
from infra.deploy.chalice_state import Deployed, path_of
from infra.deploy.run import Run
from infra.stages import STACKS


@dataclass(frozen=True)
class Step:
    name: str
    does: str
    run: Callable[[Run], object]


def templates(run: Run) -> None:
    run.command("sh", "local/with_node.sh", sys.executable, "-m", "infra.app", run.stage.name)


def _api_edge(run: Run) -> None:
    stacks.deploy(run, "api-edge", Deployed.read(path_of(run)).parameters())


def _ingest(run: Run) -> None:
    regions.deploy_ingest(run, ingest.deploy(run))


def _observability(run: Run) -> None:
    stacks.deploy(run, "observability")
    regions.deploy_observability(run)


def _cost(run: Run) -> None:
    run.say(costs.table(run.stage, [costs.Load(streams) for streams in costs.LOADS]))


STEPS = (
    Step("preflight", "credentials, region, quotas and tools", preflight.check),
    Step("templates", "write the CloudFormation templates", templates),
    Step("data", "tables, keys, secrets, accounts, bus, image repository", lambda run: stacks.deploy(run, "data")),
    Step("ingest", "the ingest image for arm64, the nodes and their load balancer, in every region", _ingest),
    Step("site-front", "firewall and certificate of CloudFront, in us-east-1", fronts.deploy_site),
    Step("edge", "CloudFront before playback, recordings and dashboard", fronts.deploy_edge),
    Step("api", "chalice deploy: REST, WebSocket and functions", api.deploy),
    Step("api-edge", "event rules, queues and rights of the functions", _api_edge),
    Step("api-front", "firewall and names of the API", fronts.deploy_api),
    Step("observability", "alarms, dashboard of CloudWatch, saved log queries", _observability),
    Step("dashboard", "the pages and their configuration", website.upload),
    Step("administrator", "the first administrator", administrator.create),
    Step("smoke", "one real broadcast", smoke.broadcast),
    Step("release", "remember what was deployed, for a rollback", releases.record),
    Step("cost", "what the stage costs a month", _cost),
)
NAMES = tuple(step.name for step in STEPS)


def chosen(only: list[str], first: str | None, skipped: list[str]) -> list[Step]:
    """`only` these, or all from `first` on, without `skipped`."""
    wanted = only or NAMES[NAMES.index(first) if first else 0 :]
    names = {name for name in wanted if name not in skipped}
    if names & {*STACKS} and "templates" not in skipped:
        names.add("templates")
    return [step for step in STEPS if step.name in names]


__all__ = ["NAMES", "STACKS", "STEPS", "Step", "chosen", "templates"]
