"""The deployment steps name files, modules, outputs and parameters that exist."""

import importlib.util
import re
import subprocess

from infra.stages import StageName
from tests.infra.conftest import ROOT, Package, Templates

STEPS = (ROOT / "infra" / "README.md").read_text() + (ROOT / "infra" / "deploy_api.sh").read_text().replace(
    "$stage", "dev"
)


def test_the_templates_of_the_steps_are_written(templates: dict[StageName, Templates]) -> None:
    written = {t.path.name for t in (templates["dev"].data, templates["dev"].ingest, templates["dev"].merge)}
    assert set(re.findall(r"cdk\.out/([\w.-]+\.json)", STEPS)) == written


def test_the_modules_and_scripts_of_the_steps_exist() -> None:
    modules = set(re.findall(r"-m (infra\.\w+)", STEPS))
    assert modules == {"infra.app", "infra.render_chalice_config"}
    assert all(importlib.util.find_spec(module) for module in modules)
    for path in re.findall(r"\b(infra/\w+\.(?:sh|py)|ingest_container/Dockerfile)\b", STEPS):
        assert (ROOT / path).is_file(), path


def test_the_outputs_and_parameters_of_the_steps_exist(templates: dict[StageName, Templates], package: Package) -> None:
    assert "IngestRepository" in templates["dev"].data.body["Outputs"]
    assert set(re.findall(r"\b(\w+)=\"\$", STEPS.split("--parameter-overrides", 1)[1])) >= {"ImageUri", "Rotated"}
    assert "ImageUri" in templates["dev"].ingest.body["Parameters"]
    assert "Rotated" in package.template.body["Parameters"]


def test_roles_are_made_only_where_the_steps_allow_it(templates: dict[StageName, Templates]) -> None:
    assert not templates["dev"].data.of_type("AWS::IAM::Role"), "the data stack is deployed without CAPABILITY_IAM"
    named = [role for role in templates["dev"].ingest.of_type("AWS::IAM::Role").values() if "RoleName" in role]
    assert not named, "named roles need CAPABILITY_NAMED_IAM"


def test_the_script_is_a_shell_script() -> None:
    subprocess.run(["sh", "-n", "infra/deploy_api.sh"], cwd=ROOT, check=True)
