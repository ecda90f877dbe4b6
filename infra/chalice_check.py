"""AWS's own checks (cdk-nag) over what Chalice deploys: `python -m infra.chalice_check <folder>/sam.json`.

Chalice makes its resources by API calls. What `chalice package` writes is the same resources as a template, which is
never deployed. Fails on any finding that `infra.accepted_risks.chalice` does not list.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import cloudformation_include

from infra import accepted_risks


def check(template: Path) -> None:
    """Raises what CDK raises for findings."""
    # Chalice names a function here that it calls otherwise elsewhere.
    text = template.read_text().replace("${ApiHandler}", "${APIHandler}")
    with tempfile.TemporaryDirectory() as out:
        fixed = Path(out) / "sam.json"
        fixed.write_text(text)
        app = cdk.App(outdir=out, analytics_reporting=False)
        stack = cdk.Stack(app, "chalice", synthesizer=cdk.BootstraplessSynthesizer())
        cloudformation_include.CfnInclude(stack, "Package", template_file=str(fixed))
        accepted_risks.check(app, {stack: accepted_risks.chalice(_resources(json.loads(text)))})
        app.synth()


def _resources(template: dict[str, Any]) -> Iterator[str]:
    """What the roles' policies name."""
    for resource in template["Resources"].values():
        for policy in resource["Properties"].get("Policies", []) if resource["Type"] == "AWS::IAM::Role" else []:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield from statement["Resource"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m infra.chalice_check", description="Check Chalice's template.")
    parser.add_argument("template", type=Path)
    check(parser.parse_args().template)
