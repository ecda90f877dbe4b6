"""The documented commands name steps, modules, outputs and parameters that exist."""

import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path

from infra.deploy.__main__ import parsed
from infra.deploy.steps import NAMES
from infra.stages import StageName
from tests.infra.conftest import ROOT, Templates

README = (ROOT / "infra" / "README.md").read_text()


def test_every_step_is_described_in_its_order() -> None:
    assert tuple(re.findall(r"^\| `([a-z-]+)` \|", README, re.MULTILINE)) == NAMES


def test_the_commands_of_the_readme_are_accepted() -> None:
    makefile = (ROOT / "Makefile").read_text()
    commands = re.findall(r"make (deploy|diff|rollback|destroy) STAGE=(\w+)", README)
    assert {verb for verb, _ in commands} == {"deploy", "diff", "rollback", "destroy"}
    for verb, stage in commands:
        assert f"infra.deploy {verb} $(STAGE) $(ARGS)" in makefile
        assert parsed([verb, stage]).stage == stage
    options = ["--only", "api", "--only", "api-edge", "--skip", "smoke", "--set", "ingest:Packaging=off"]
    assert parsed(["deploy", "dev", *options]).only == ["api", "api-edge"]


def test_the_modules_and_scripts_of_the_readme_exist() -> None:
    for module in re.findall(r"-m (infra\.\w+)|`(infra\.\w+)`", README):
        assert importlib.util.find_spec(next(filter(None, module)))
    for path in re.findall(r"(?<![/\w])((?:tests/)?infra/\w+\.(?:sh|py))\b", README):
        assert (ROOT / path).is_file(), path


def test_the_parameters_that_operators_may_set_exist(templates: dict[StageName, Templates]) -> None:
    dev = templates["dev"]
    stacks = {
        "data": dev.data,
        "ingest": dev.ingest,
        "edge": dev.edge,
        "api-edge": dev.api_edge,
        "observability": dev.observability,
    }
    named = re.findall(r"\b(data|ingest|edge|api-edge|observability):([A-Z]\w+)", README)
    assert len(named) >= 4
    for stack, name in named:
        assert name in stacks[stack].body["Parameters"]
    assert {"SiteBucket", "SiteUrl", "PlaybackSecretsStore", "PlaybackBaseUrl"} <= set(dev.edge.body["Outputs"])
    assert {"IngestRepository", "MediaBucket", "OidcIssuer", "OidcAudience"} <= set(dev.data.body["Outputs"])


def test_no_role_has_a_name_that_another_stage_could_take(templates: dict[StageName, Templates]) -> None:
    for template in templates["dev"].all:
        assert not [role for role in template.of_type("AWS::IAM::Role").values() if "RoleName" in role]


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
    subprocess.run(["sh", "infra/publish_playback_secret.sh", "dev"], cwd=ROOT, env=path, check=True, timeout=120)
    assert json.loads((tmp_path / "sent").read_text()) == {
        "KvsARN": "arn:aws:cloudfront::1:key-value-store/s",
        "IfMatch": "etag-1",
        "Puts": [{"Key": "playback_secrets", "Value": "new-secret,old-secret"}],
    }
    arguments = (tmp_path / "arguments").read_text()
    assert "secretsmanager get-secret-value --secret-id stream-sync-dev/playback" in arguments
    assert "new-secret" not in arguments
