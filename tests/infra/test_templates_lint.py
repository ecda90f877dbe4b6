"""CloudFormation's own specification, by cfn-lint, and AWS's checks, by cdk-nag, over everything that is deployed."""

import subprocess
import sys
from pathlib import Path

from infra.stages import StageName
from tests.infra.conftest import ROOT, Package, Templates, WithDomain, offline_environment

WITH_A_FINDING = """
import sys
import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from infra import accepted_risks

app = cdk.App(outdir=sys.argv[1])
sound, lax = cdk.Stack(app, "sound"), cdk.Stack(app, "lax")
s3.Bucket(lax, "Bucket", enforce_ssl=True)
accepted_risks.check(app, {sound: {}})
app.synth()
"""


def test_every_template_is_valid(
    templates: dict[StageName, Templates], package: Package, with_domain: WithDomain
) -> None:
    paths = [package.template.path, *(t.path for s in templates.values() for t in s.all)]
    paths += [template.path for template in with_domain.all]
    linter = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([linter, "--", *paths], capture_output=True, text=True, timeout=230, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_finding_that_is_not_accepted_fails_the_synthesis_of_any_stack(tmp_path: Path) -> None:
    """So the fixtures that synthesise all stacks, with domain and further region, prove that there is none."""
    done = subprocess.run(
        ["sh", "local/with_node.sh", sys.executable, "-c", WITH_A_FINDING, tmp_path],
        cwd=ROOT,
        env=offline_environment(PYTHONPATH=str(ROOT), AWS_DEFAULT_REGION="us-east-1"),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode != 0
    assert "AwsSolutions-S1" in done.stdout + done.stderr
