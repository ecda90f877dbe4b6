"""AWS's own checks over what Chalice deploys: the synthesis of our stacks never sees it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.infra.conftest import ROOT, Package, offline_environment


def checked(template: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "local/with_node.sh", sys.executable, "-m", "infra.chalice_check", str(template)],
        cwd=ROOT,
        env=offline_environment(AWS_DEFAULT_REGION="us-east-1"),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_every_finding_is_mended_or_accepted(package: Package) -> None:
    done = checked(package.template.path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wider_right_would_be_found(package: Package, tmp_path: Path) -> None:
    wider: dict[str, Any] = json.loads(json.dumps(package.template.body))
    (inline,) = wider["Resources"]["BroadcasterAuthRole"]["Properties"]["Policies"]
    inline["PolicyDocument"]["Statement"][0]["Resource"].append("arn:aws:dynamodb:us-east-1:000000000000:table/*")
    path = tmp_path / "sam.json"
    path.write_text(json.dumps(wider))
    done = checked(path)
    assert done.returncode != 0
    assert "IAM5[Resource::arn:aws:dynamodb:us-east-1:000000000000:table/*]" in done.stdout + done.stderr
