"""Write every template of a stage into `cdk.out/`: `python -m infra.app dev`. Needs Node.js, no CDK command, no AWS.

    cdk.out/stream-sync-dev-data.template.json     tables, keys, secrets, accounts, bus     (changes rarely)
    cdk.out/stream-sync-dev-ingest.template.json   load balancer and ingest nodes
    cdk.out/stream-sync-dev-edge.template.json     CloudFront before playback, recordings and dashboard
    cdk.out/stream-sync-dev-api-edge.template.json event rules, queues and rights of the functions
    cdk.out/stream-sync-dev-site-front.template.json   firewall and certificate of CloudFront, for us-east-1
    cdk.out/stream-sync-dev-api-front.template.json    firewall and names of the API
    cdk.out/stream-sync-dev-observability.template.json   alarms, dashboard, saved log queries

Order of deployment: infra/README.md.
"""

import argparse
import dataclasses
from collections.abc import Iterable
from pathlib import Path

import aws_cdk as cdk

from infra import accepted_risks
from infra.api_edge import ApiEdgeStack
from infra.data import DataStack
from infra.edge import EdgeStack
from infra.fronts import ApiFrontStack, SiteFrontStack
from infra.ingest import IngestStack
from infra.observability import ObservabilityStack
from infra.stages import STAGE_NAMES, STAGES, Domain, Stage

OUT = Path("cdk.out")


def synthesise(stage: Stage, out: Path, remote: Iterable[str] = ()) -> dict[str, Path]:
    """Write the templates of one stage. Answers the path of each, by `data`, `ingest`, `edge`, `api-edge`, and
    `ingest-<region>` and `observability-<region>` for each further ingest region: those in `remote`, or the stage's.
    """
    # No bootstrap stack and no assets: a template alone is all that `aws cloudformation deploy` needs.
    # The analytics block would record versions of this machine in every template.
    app = cdk.App(outdir=str(out), analytics_reporting=False)
    data = DataStack(app, stage, cdk.BootstraplessSynthesizer())
    ingest = IngestStack(app, stage, cdk.BootstraplessSynthesizer(), data.media)
    further: dict[str, cdk.Stack] = {}
    for region in remote or stage.remote:
        nodes = IngestStack(app, stage, cdk.BootstraplessSynthesizer(), None, region)
        further[f"ingest-{region}"] = nodes
        further[f"observability-{region}"] = ObservabilityStack(
            app, stage, cdk.BootstraplessSynthesizer(), nodes, region
        )
    edge = EdgeStack(app, stage, cdk.BootstraplessSynthesizer(), ingest)
    site_front = SiteFrontStack(app, stage, cdk.BootstraplessSynthesizer())
    api_front = ApiFrontStack(app, stage, cdk.BootstraplessSynthesizer())
    observability = ObservabilityStack(app, stage, cdk.BootstraplessSynthesizer(), ingest)
    api_edge = ApiEdgeStack(app, stage, cdk.BootstraplessSynthesizer())
    accepted_risks.check(
        app,
        {
            data: accepted_risks.DATA,
            ingest: accepted_risks.ingest(stage),
            edge: accepted_risks.edge(stage),
            api_edge: accepted_risks.API_EDGE,
            observability: {},
            site_front: {},
            api_front: {},
            **{
                stack: accepted_risks.remote_ingest(stage) if isinstance(stack, IngestStack) else {}
                for stack in further.values()
            },
        },
    )
    for tag, value in (("application", "stream-sync"), ("stage", stage.name)):
        cdk.Tags.of(app).add(tag, value)
    app.synth()
    stacks: dict[str, cdk.Stack] = {"data": data, "ingest": ingest, "edge": edge, "api-edge": api_edge, **further}
    stacks |= {"site-front": site_front, "api-front": api_front, "observability": observability}
    return {noun: out / stack.template_file for noun, stack in stacks.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.app", description="Write the templates of a stage.")
    parser.add_argument("stages", nargs="+", choices=STAGE_NAMES, metavar="stage")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument(
        "--remote", nargs="+", default=[], metavar="region", help="further ingest regions, instead of the stage's own"
    )
    parser.add_argument("--domain", nargs=2, metavar=("name", "zone_id"), help="instead of the stage's own")
    arguments = parser.parse_args()
    for name in arguments.stages:
        stage = STAGES[name]
        if arguments.domain:
            stage = dataclasses.replace(stage, domain=Domain(*arguments.domain))
        for path in synthesise(stage, arguments.out, arguments.remote).values():
            print(path)


if __name__ == "__main__":
    main()
