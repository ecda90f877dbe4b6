"""CloudFormation's own specification, by cfn-lint, over everything that would be deployed."""

import subprocess
import sys
from pathlib import Path

from infra.stages import StageName
from tests.infra.conftest import Package, Templates, WithDomain


def test_every_template_is_valid(
    templates: dict[StageName, Templates], package: Package, with_domain: WithDomain
) -> None:
    paths = [package.template.path, *(t.path for s in templates.values() for t in s.all)]
    paths += [template.path for template in with_domain.all]
    linter = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([linter, "--", *paths], capture_output=True, text=True, timeout=230, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
