"""`make deploy`, `diff`, `rollback` and `destroy`, the real commands, in a repository of their own with two releases.

CloudFormation, S3 and the other services of data are the emulator's; what Chalice asks for is recorded
(`tests.support.divided_aws`). Docker, npm and the AWS command line are stand-ins that note their arguments
(`tests.support.stand_ins`). So CloudFormation's part is proven as far as the emulator goes, and no more: nodes, load
balancer and CloudFront are descriptions there. What a deployed stage does is shown by `test_deployed_stage.py`.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.deploy.preflight import ECS_ROLE
from infra.deploy.website import ALWAYS_ASK, FOR_GOOD
from infra.stages import STAGES
from local.settings import REGION, ROOT
from tests.support.deployed import ADMINISTRATOR, CREDENTIALS, emulator
from tests.support.divided_aws import divided_aws
from tests.support.recording_aws import RecordingAws
from tests.support.stand_ins import DIGEST, stand_ins

# Eight commands, three of which write all templates: a minute of computing, and more beside other tests.
pytestmark = [pytest.mark.requirement("FX-20"), pytest.mark.needs("ministack"), pytest.mark.timeout(600)]

DEV = STAGES["dev"]
SOURCES = (
    "infra",
    "chalicelib",
    "local",
    "benchmarks/results",
    "app.py",
    "Makefile",
    "requirements-dev.txt",
    ".gitignore",
)
LOCKS = ("requirements-dev.txt", "local/requirements.txt", "local/make_venv.sh", "dashboard/package-lock.json")
SECRET = "playback-secret-" + "x" * 32
UNWANTED = ("AWS_", "STREAM_SYNC_", "MAKE", "MFLAGS")  # of the environment: make hands its own arguments down
OLD = 1_000_000_000.0  # before anything was installed


@dataclass(frozen=True)
class Project:
    """A repository to deploy from, and what it is deployed to."""

    folder: Path
    notes: Path
    environment: dict[str, str]
    recorded: RecordingAws

    def make(self, command: str, arguments: str = "", answer: str = "") -> str:
        """What it prints."""
        done = subprocess.run(
            ["make", "--no-print-directory", command, f"STAGE={DEV.name}", f"ARGS={arguments}"],
            cwd=self.folder,
            env=self.environment,
            input=answer,
            capture_output=True,
            text=True,
            timeout=230,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}\n{self.recorded.unknown}"
        assert self.recorded.unknown == []
        return done.stdout

    def commit(self, release: str) -> str:
        """A release that differs in a page and in the functions' code; its revision."""
        (self.folder / "dashboard" / "index.html").write_text(f"<html>{release}")
        (self.folder / "chalicelib" / "release.py").write_text(f'RELEASE = "{release}"\n')
        who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
        self.git("add", "--all")
        self.git(*who, "commit", "--quiet", "--message", release)
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=self.folder, capture_output=True, text=True, check=True
        ).stdout.strip()

    def client(self, service: str) -> Any:
        session: Any = boto3.session.Session(region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
        return session.client(service, endpoint_url=self.environment["AWS_ENDPOINT_URL"])

    def stack(self, noun: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client("cloudformation").describe_stacks(StackName=DEV.stack(noun))["Stacks"][0]
        return found

    def stacks(self) -> set[str]:
        pages = self.client("cloudformation").list_stacks()["StackSummaries"]
        return {
            one["StackName"].removeprefix(f"{DEV.prefix}-") for one in pages if one["StackStatus"] != "DELETE_COMPLETE"
        }

    def parameters(self, noun: str) -> dict[str, str]:
        return {one["ParameterKey"]: one["ParameterValue"] for one in self.stack(noun)["Parameters"]}

    def output(self, noun: str, name: str) -> str:
        (value,) = [one["OutputValue"] for one in self.stack(noun)["Outputs"] if one["OutputKey"] == name]
        return str(value)

    def object(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client("s3").get_object(Bucket=self.output("edge", "SiteBucket"), Key=key)
        return found

    def page(self) -> str:
        return str(self.object("index.html")["Body"].read().decode())

    def running_release(self) -> str:
        """Of the code that the REST function was given last."""
        given = [
            call.body
            for call in self.recorded.calls
            if str(call) in ("lambda:CreateFunction", "lambda:UpdateFunctionCode")
        ]
        archive = given[-1].get("Code", given[-1])["ZipFile"]
        with zipfile.ZipFile(BytesIO(base64.b64decode(archive))) as package:
            return package.read("chalicelib/release.py").decode().split('"')[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    base = tmp_path_factory.mktemp("commands")
    folder = base / "project"
    folder.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, folder / name)
    for name in (".chalice/config.json", "ingest_container/Dockerfile", "dashboard/package-lock.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    (folder / "requirements.txt").touch()  # the functions' packages are not under test: none is fetched
    (folder / ".venv").symlink_to(Path(sys.executable).parents[1])
    installed = folder / "dashboard" / "node_modules" / ".package-lock.json"
    installed.parent.mkdir()
    installed.touch()
    for name in LOCKS:
        os.utime(folder / name, (OLD, OLD))
    commands, notes = stand_ins(base, SECRET)
    recording = RecordingAws(made={f"role/{ECS_ROLE}": {}})
    with emulator(base) as url, divided_aws(url, recording) as address:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(UNWANTED)}
        environment = kept | {
            **CREDENTIALS,
            "PATH": f"{commands}:{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": address,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
        }
        made = Project(folder, notes, environment, recording)
        made.git("init", "--quiet")
        made.commit("first")
        yield made


def test_a_stage_is_deployed_changed_rolled_back_and_deleted(project: Project) -> None:
    first = project.git("rev-parse", "HEAD")
    said = project.make("deploy", f"--skip smoke --administrator {ADMINISTRATOR}")
    assert said.splitlines()[-1].startswith("stream-sync-dev: done (preflight, templates, data, ingest")
    assert_deployed(project, "first", DIGEST + "1")
    assert_uploaded(project)
    assert_image_was_built(project)

    second = project.commit("second")
    project.make("deploy", "--skip templates --only ingest --only api --only dashboard --only release")
    assert_deployed(project, "second", DIGEST + "2")
    said = project.make("diff", "--set ingest:Packaging=off")
    assert "stream-sync-dev-data: no change" in said
    assert "AWS::ECS::TaskDefinition" in said
    assert project.parameters("ingest")["Packaging"] == "on", "nothing was changed"

    said = project.make("rollback", "--skip smoke")
    assert f"Rolling stream-sync-dev back to {first[:12]}" in said
    assert_deployed(project, "first", DIGEST + "1")
    assert [one["revision"] for one in releases(project)] == [first, second]
    asked = (project.notes / "npm").read_text().splitlines()
    assert all(line.startswith("run ") for line in asked), "packages that are the same are not installed anew"

    site, media = project.output("edge", "SiteBucket"), project.output("data", "MediaBucket")
    project.recorded.made.pop(f"function/{DEV.prefix}-sweep_webhooks")  # by a run that was interrupted
    project.make("destroy", answer=f"{DEV.name}\n")
    assert project.stacks() == {"data"}
    assert made_by_chalice(project) == set()
    assert not project.recorded.of("logs:DeleteRetentionPolicy"), "what was logged is not kept for ever"
    assert len(project.client("dynamodb").list_tables()["TableNames"]) > 10
    assert {site, media} <= {one["Name"] for one in project.client("s3").list_buckets()["Buckets"]}

    project.make("destroy", "--data", answer=f"{DEV.name}\n")
    assert project.stacks() == set()
    assert project.client("dynamodb").list_tables()["TableNames"] == []


def made_by_chalice(project: Project) -> set[str]:
    kinds = ("function/", "role/stream-sync-", "rest/", "socket/", "rule/")
    return {key for key in project.recorded.made if key.startswith(kinds)}


def assert_deployed(project: Project, release: str, digest: str) -> None:
    assert project.page() == f"<html>{release}"
    assert project.running_release() == release
    assert project.parameters("ingest")["ImageUri"].endswith(f"@{digest}")


def assert_uploaded(project: Project) -> None:
    assert project.object("index.html")["CacheControl"] == ALWAYS_ASK
    assert project.object("assets/index-1a2b3c4d.js")["CacheControl"] == FOR_GOOD
    config = project.object("config.json")
    assert (config["ContentType"], config["CacheControl"]) == ("application/json; charset=utf-8", ALWAYS_ASK)
    facts = json.loads(config["Body"].read())
    assert facts["playback_url"] == project.output("edge", "PlaybackBaseUrl")
    assert facts["cognito"]["client_id"] == project.output("data", "OidcAudience")
    assert facts["api_url"].startswith("https://rest1.execute-api.")
    assert json.loads((project.notes / "aws-update").read_text())["Puts"] == [
        {"Key": "playback_secrets", "Value": SECRET}
    ]
    assert SECRET not in (project.notes / "aws").read_text(), "other users of a machine see command lines"


def assert_image_was_built(project: Project) -> None:
    asked = (project.notes / "docker").read_text().splitlines()
    (built,) = [line for line in asked if line.startswith("buildx build")]
    assert "--platform linux/arm64 --file ingest_container/Dockerfile --provenance=false" in built
    assert (
        f"--tag {project.output('data', 'IngestRepository')}:{project.git('rev-parse', '--short=12', 'HEAD')}" in built
    )
    assert [line for line in asked if line.startswith("login --username AWS --password-stdin")]
    assert (project.notes / "docker-login").read_text()


def releases(project: Project) -> list[dict[str, str]]:
    value = project.client("ssm").get_parameter(Name=f"/{DEV.prefix}/releases")["Parameter"]["Value"]
    found: list[dict[str, str]] = json.loads(value)
    return found
