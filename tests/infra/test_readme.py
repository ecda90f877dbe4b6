"""The deployment steps name files, modules, outputs and parameters that exist."""

import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from infra.stages import StageName
from tests.infra.conftest import ROOT, Package, Templates

STEPS = (ROOT / "infra" / "README.md").read_text() + (ROOT / "infra" / "deploy_api.sh").read_text().replace(
    "$stage", "dev"
)


def test_the_templates_of_the_steps_are_written(templates: dict[StageName, Templates]) -> None:
    dev = templates["dev"]
    written = {t.path.name for t in (dev.data, dev.ingest, dev.edge, dev.merge)}
    assert set(re.findall(r"cdk\.out/([\w.-]+\.json)", STEPS)) == written


def test_the_modules_and_scripts_of_the_steps_exist() -> None:
    modules = set(re.findall(r"-m (infra\.\w+)", STEPS))
    assert modules == {"infra.app", "infra.render_chalice_config"}
    assert all(importlib.util.find_spec(module) for module in modules)
    for path in re.findall(r"\b(infra/\w+\.(?:sh|py)|ingest_container/Dockerfile)\b", STEPS):
        assert (ROOT / path).is_file(), path


def test_the_outputs_and_parameters_of_the_steps_exist(templates: dict[StageName, Templates], package: Package) -> None:
    assert "IngestRepository" in templates["dev"].data.body["Outputs"]
    assert set(re.findall(r"\b(\w+)=\"\$", STEPS.split("--parameter-overrides", 1)[1])) >= {
        "ImageUri",
        "CloudFrontPrefixList",
        "Rotated",
    }
    assert {"ImageUri", "CloudFrontPrefixList", "Packaging", "Recording"} <= set(
        templates["dev"].ingest.body["Parameters"]
    )
    assert {"DomainName", "CertificateArn"} <= set(templates["dev"].edge.body["Parameters"])
    assert {"SiteBucket", "SiteUrl", "PlaybackSecretsStore"} <= set(templates["dev"].edge.body["Outputs"])
    assert "Rotated" in package.template.body["Parameters"]


def test_roles_are_made_only_where_the_steps_allow_it(templates: dict[StageName, Templates]) -> None:
    for stack in (templates["dev"].data, templates["dev"].edge):
        assert not stack.of_type("AWS::IAM::Role"), "these stacks are deployed without CAPABILITY_IAM"
    named = [role for role in templates["dev"].ingest.of_type("AWS::IAM::Role").values() if "RoleName" in role]
    assert not named, "named roles need CAPABILITY_NAMED_IAM"


@pytest.mark.parametrize("script", ["infra/deploy_api.sh", "infra/publish_playback_secret.sh"])
def test_the_scripts_are_shell_scripts(script: str) -> None:
    subprocess.run(["sh", "-n", script], cwd=ROOT, check=True)


def test_the_playback_secret_goes_to_cloudfront_without_a_command_line(tmp_path: Path) -> None:
    """With a command in the place of `aws` that notes what it is told, and how."""
    aws = tmp_path / "aws"
    aws.write_text(
        f"""#!/bin/sh
echo "$@" >> {tmp_path}/arguments
case "$*" in
  *describe-stacks*) echo arn:aws:cloudfront::1:key-value-store/s ;;
  *describe-key-value-store*) echo etag-1 ;;
  *get-secret-value*) echo "new-secret,old-secret" ;;
  *update-keys*) cat > {tmp_path}/sent; echo 1 ;;
esac
"""
    )
    aws.chmod(0o700)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run(["sh", "infra/publish_playback_secret.sh", "dev"], cwd=ROOT, env=path, check=True, timeout=30)
    assert json.loads((tmp_path / "sent").read_text()) == {
        "KvsARN": "arn:aws:cloudfront::1:key-value-store/s",
        "IfMatch": "etag-1",
        "Puts": [{"Key": "playback_secrets", "Value": "new-secret,old-secret"}],
    }
    arguments = (tmp_path / "arguments").read_text()
    assert "secretsmanager get-secret-value --secret-id stream-sync-dev/playback" in arguments
    assert "new-secret" not in arguments
