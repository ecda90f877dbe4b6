"""Draw a stage's stacks from their templates: `python -m infra.diagram cdk.out > docs/infrastructure.md`.

The templates are those of `python -m infra.app prod`. A box is all resources of one kind in one stack; an arrow means
that one names another, within a stack or by an export. What stacks are told by parameters has no arrow.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.stages import STAGES

STAGE = STAGES["prod"]
STACKS = {
    "data": "kept for good",
    "ingest": "one a region",
    "site-front": "in us-east-1",
    "edge": "CloudFront",
    "api-edge": "beside what Chalice deploys",
    "api-front": "before the REST API",
    "observability": "alarms",
}
KINDS = {
    "AWS::Budgets::Budget": "budget",
    "AWS::CloudFront::Distribution": "CloudFront distribution",
    "AWS::CloudFront::Function": "CloudFront function",
    "AWS::CloudFront::KeyValueStore": "playback secrets for CloudFront",
    "AWS::CloudWatch::Alarm": "alarm",
    "AWS::CloudWatch::CompositeAlarm": "composite alarm",
    "AWS::CloudWatch::Dashboard": "dashboard",
    "AWS::Cognito::UserPool": "user pool",
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::ECR::Repository": "image repository",
    "AWS::ECS::Service": "service of ingest nodes",
    "AWS::ECS::TaskDefinition": "task definition",
    "AWS::EC2::VPC": "VPC",
    "AWS::ElasticLoadBalancingV2::Listener": "listener",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "network load balancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "target group",
    "AWS::Events::EventBus": "event bus",
    "AWS::Events::Rule": "event rule",
    "AWS::KMS::Key": "encryption key",
    "AWS::Lambda::EventSourceMapping": "queue to function",
    "AWS::S3::Bucket": "bucket",
    "AWS::SNS::Topic": "topic",
    "AWS::SQS::Queue": "queue",
    "AWS::SSM::Parameter": "parameter",
    "AWS::SecretsManager::Secret": "secret",
    "AWS::WAFv2::WebACL": "firewall",
}

Box = tuple[str, str]  # stack and kind


def draw(templates: dict[str, dict[str, Any]]) -> str:
    """Mermaid. `templates`: by the noun of the stack."""
    counts = Counter((noun, one["Type"]) for noun, body in templates.items() for one in body["Resources"].values())
    lines = ["flowchart LR"]
    for noun, note in STACKS.items():
        lines.append(f'  subgraph {_id(noun)}["{STAGE.stack(noun)} ({note})"]')
        for kind, label in KINDS.items():
            if count := counts[noun, kind]:
                lines.append(f'    {_id(noun, kind)}["{_counted(count, label)}"]')
        lines.append("  end")
    lines += [f"  {_id(*one)} --> {_id(*other)}" for one, other in sorted(_arrows(templates))]
    return "\n".join(lines)


def page(templates: dict[str, dict[str, Any]]) -> str:
    return f"""# Infrastructure

The stacks of `{STAGE.prefix}`, drawn from their templates by `infra/diagram.py`. A box is all resources of one kind
in one stack; an arrow means that one names another. Functions and APIs are deployed by Chalice and are in no stack.

```mermaid
{draw(templates)}
```
"""


def read(folder: Path) -> dict[str, dict[str, Any]]:
    return {noun: json.loads((folder / f"{STAGE.stack(noun)}.template.json").read_text()) for noun in STACKS}


def _arrows(templates: dict[str, dict[str, Any]]) -> set[tuple[Box, Box]]:
    exports = {
        output["Export"]["Name"]: (noun, name)
        for noun, body in templates.items()
        for output in body.get("Outputs", {}).values()
        if "Export" in output
        for name in _named(output["Value"])
    }
    found = set()
    for noun, body in templates.items():
        resources = body["Resources"]
        for resource in resources.values():
            for target, name in _targets(noun, resource, exports):
                other = templates[target]["Resources"].get(name)
                if other is not None and {resource["Type"], other["Type"]} <= KINDS.keys():
                    found.add(((noun, resource["Type"]), (target, other["Type"])))
    return {(one, other) for one, other in found if one != other}


def _targets(noun: str, resource: dict[str, Any], exports: dict[str, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Stack and logical id of each resource that this one names."""
    properties = resource.get("Properties", {})
    yield from ((noun, name) for name in _named(properties))
    yield from (exports[name] for name in _imported(properties) if name in exports)


def _named(value: Any) -> Iterator[str]:
    for key, inner in _functions(value):
        if key == "Ref":
            yield inner
        elif key == "Fn::GetAtt":
            yield inner[0]


def _imported(value: Any) -> Iterator[str]:
    return (inner for key, inner in _functions(value) if key == "Fn::ImportValue")


def _functions(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("Ref", "Fn::GetAtt", "Fn::ImportValue"):
                yield key, inner
            else:
                yield from _functions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _functions(inner)


def _id(noun: str, kind: str = "") -> str:
    return "_".join(filter(None, (noun.replace("-", "_"), kind.removeprefix("AWS::").replace("::", "_"))))


def _counted(count: int, label: str) -> str:
    return label if count == 1 else f"{count} x {label}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m infra.diagram", description="Draw the stacks of prod.")
    parser.add_argument("folder", type=Path, help="where the templates are")
    print(page(read(parser.parse_args().folder)), end="")
