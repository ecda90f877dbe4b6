"""The templates of all stages, made once a session by the very commands that a deployment runs."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.render_chalice_config import write_policies
from infra.stages import STAGE_NAMES, STAGES, StageName

ROOT = Path(__file__).resolve().parents[2]
PACKAGED = ("app.py", "chalicelib", "requirements.txt", ".chalice/config.json")

# No credentials and no region of this machine: nothing here may ask AWS anything.
OFFLINE = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
}

# Chalice's template names a function here that it calls otherwise. (`chalice deploy` does not use the template.)
CORRECTION = {
    "Resources": {"ApiHandlerLogGroup": {"Properties": {"LogGroupName": {"Fn::Sub": "/aws/lambda/${APIHandler}"}}}}
}


def offline_environment(**extra: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "STREAM_SYNC_"))}
    return kept | OFFLINE | extra


@dataclass(frozen=True)
class Template:
    """A CloudFormation template."""

    path: Path
    body: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Template":
        return cls(path, json.loads(path.read_text()))

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Properties of the resources of one type, by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.body["Resources"].items()
            if resource["Type"] == kind
        }

    def only(self, kind: str) -> dict[str, Any]:
        """Properties of the single resource of that type."""
        (properties,) = self.of_type(kind).values()
        return properties


@dataclass(frozen=True)
class Templates:
    """One stage as synthesised."""

    data: Template
    ingest: Template
    edge: Template
    api_edge: Template
    site_front: Template
    api_front: Template
    observability: Template

    @property
    def all(self) -> tuple[Template, ...]:
        return self.data, self.ingest, self.edge, self.api_edge, self.site_front, self.api_front, self.observability


@dataclass(frozen=True)
class Package:
    """One stage as packaged by Chalice, and the folder that it was packaged in."""

    template: Template
    zip: Path
    folder: Path


def _run(*command: str | Path, cwd: Path, timeout: float = 230) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=offline_environment(PYTHONPATH=str(cwd), AWS_DEFAULT_REGION="us-east-1"),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[StageName, Templates]:
    """All stages, by name. Node.js is the machine's or the one from PyPI, as for the dashboard."""
    out = tmp_path_factory.mktemp("cdk.out")
    _run("sh", "local/with_node.sh", sys.executable, "-m", "infra.app", *STAGE_NAMES, "--out", out, cwd=ROOT)
    return {
        stage: Templates(
            data=Template.read(out / f"stream-sync-{stage}-data.template.json"),
            ingest=Template.read(out / f"stream-sync-{stage}-ingest.template.json"),
            edge=Template.read(out / f"stream-sync-{stage}-edge.template.json"),
            api_edge=Template.read(out / f"stream-sync-{stage}-api-edge.template.json"),
            site_front=Template.read(out / f"stream-sync-{stage}-site-front.template.json"),
            observability=Template.read(out / f"stream-sync-{stage}-observability.template.json"),
            api_front=Template.read(out / f"stream-sync-{stage}-api-front.template.json"),
        )
        for stage in STAGE_NAMES
    }


@dataclass(frozen=True)
class WithDomain:
    """The prod stage with DNS names, and with a second ingest region."""

    ingest: Template
    remote: Template
    remote_alarms: Template
    edge: Template
    site_front: Template
    api_front: Template

    @property
    def all(self) -> tuple[Template, ...]:
        return self.ingest, self.remote, self.remote_alarms, self.edge, self.site_front, self.api_front


@pytest.fixture(scope="session")
def with_domain(tmp_path_factory: pytest.TempPathFactory) -> WithDomain:
    out = tmp_path_factory.mktemp("cdk.domain")
    names = ("--domain", "live.example.com", "Z0123456789ABCDEFGHIJ", "--remote", "eu-west-1")
    _run("sh", "local/with_node.sh", sys.executable, "-m", "infra.app", "prod", *names, "--out", out, cwd=ROOT)
    return WithDomain(
        ingest=Template.read(out / "stream-sync-prod-ingest.template.json"),
        remote=Template.read(out / "stream-sync-prod-ingest-eu-west-1.template.json"),
        remote_alarms=Template.read(out / "stream-sync-prod-observability-eu-west-1.template.json"),
        edge=Template.read(out / "stream-sync-prod-edge.template.json"),
        site_front=Template.read(out / "stream-sync-prod-site-front.template.json"),
        api_front=Template.read(out / "stream-sync-prod-api-front.template.json"),
    )


@pytest.fixture(params=STAGE_NAMES)
def stage(request: pytest.FixtureRequest) -> StageName:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def data(templates: dict[StageName, Templates], stage: StageName) -> Template:
    return templates[stage].data


@pytest.fixture
def ingest(templates: dict[StageName, Templates], stage: StageName) -> Template:
    return templates[stage].ingest


@pytest.fixture
def observability(templates: dict[StageName, Templates], stage: StageName) -> Template:
    return templates[stage].observability


@pytest.fixture
def edge(templates: dict[StageName, Templates], stage: StageName) -> Template:
    return templates[stage].edge


@pytest.fixture
def api_edge(templates: dict[StageName, Templates], stage: StageName) -> Template:
    return templates[stage].api_edge


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """`chalice package` of the dev stage, in a copy: it leaves build folders beside the configuration."""
    copy = tmp_path_factory.mktemp("chalice")
    for name in PACKAGED:
        source, target = ROOT / name, copy / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    write_policies(STAGES["dev"], copy / ".chalice")
    chalice = Path(sys.executable).with_name("chalice")
    (copy / "merge.json").write_text(json.dumps(CORRECTION))
    _run(chalice, "package", "--stage", "dev", "--merge-template", "merge.json", "out", cwd=copy)
    return Package(Template.read(copy / "out" / "sam.json"), copy / "out" / "deployment.zip", copy)
