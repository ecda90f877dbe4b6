"""A stage on the emulator: stacks by the deployment's own code, functions as processes of Lambda, one real node.

What the emulator needs different, each a named function here:

- `without_websocket_deployment`: it knows no `AWS::ApiGatewayV2::Deployment`
- `package_in_s3`: a template refers to a package there; `aws cloudformation package` does the same for AWS
- `reaches_the_emulator`: functions call it instead of AWS, also for the accounts' public keys, and may start slowly
- `plain_secrets`: it puts commas into generated secrets, which separate two of them
- `management_url`: its WebSocket API has another address than AWS's
"""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from infra.deploy import administrator, chalice_state, gateway, stacks
from infra.deploy.chalice_state import Deployed
from infra.deploy.run import Run
from infra.functions import API_HANDLER, API_STAGE, FUNCTIONS
from infra.render_chalice_config import as_json, render, write_policies
from infra.stages import STAGES
from local.children import die_with
from local.emulator import PYTHON
from local.environment import of_the_system
from local.settings import HOST, REGION, ROOT
from tests.support.nodes import Node
from tests.support.ports import free_ports
from tests.support.waiting import until

DEV = STAGES["dev"]
PACKAGED = ("app.py", "chalicelib", "requirements.txt", ".chalice/config.json")
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
PATIENCE_S = 90  # functions start on as few cores as all other tests have
API_STACK = DEV.stack("api")
ADMINISTRATOR = "ops@example.com"


@dataclass(frozen=True)
class At:
    """A session whose clients call the emulator."""

    url: str
    region_name: str = REGION

    def client(self, service: str) -> Any:
        session: Any = boto3.session.Session(region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
        return session.client(service, endpoint_url=self.url)


@dataclass(frozen=True)
class DeployedStage:
    """What runs, and where."""

    run: Run
    url: str
    api: Deployed

    @property
    def websocket_url(self) -> str:
        return f"{_execute(self.url, self.api.websocket_api_id).replace('http', 'ws', 1)}"


@contextlib.contextmanager
def deployed_stage(folder: Path) -> Iterator[DeployedStage]:
    """Deploys, and stops it all at the end."""
    said: list[str] = []
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(emulator(folder))
        run = Run(
            DEV,
            session=At(url),
            administrator=ADMINISTRATOR,
            root=folder,
            say=said.append,
            sleep=lambda _seconds: time.sleep(0.1),
        )
        _synthesise(folder)
        stacks.deploy(run, "data")
        plain_secrets(run)
        (origin,) = free_ports(1)
        node = _node(run, url, folder, origin)
        stack.callback(node.end)
        _package(run, node, f"http://{HOST}:{origin}")
        deployed = _deploy_functions(run, url)
        stacks.deploy(run, "api-edge", deployed.parameters())
        management_url(run, url, deployed)
        gateway.configure(run, deployed)
        administrator.create(run)
        node.listening()
        yield DeployedStage(run, url, deployed)


@contextlib.contextmanager
def emulator(folder: Path) -> Iterator[str]:
    (port,) = free_ports(1)
    (folder / "tmp").mkdir()
    environment = of_the_system(os.environ) | {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(folder / "tmp"),
        "LOG_LEVEL": "WARNING",
        **CREDENTIALS,
    }
    with (folder / "emulator.log").open("w") as log:
        process = subprocess.Popen(
            [PYTHON, "-m", "ministack"],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with(os.getpid()),
        )
    try:
        url = f"http://{HOST}:{port}"
        until(lambda: process.poll() is not None or _answers(f"{url}/_ministack/ready"), "the emulator runs", 90)
        assert process.poll() is None, (folder / "emulator.log").read_text()
        yield url
    finally:
        process.terminate()
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:  # its state is not kept, so nothing is lost
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _synthesise(folder: Path) -> None:
    command = (
        "sh",
        "local/with_node.sh",
        sys.executable,
        "-m",
        "infra.app",
        DEV.name,
        "--out",
        str(folder / "cdk.out"),
    )
    quiet = dict(os.environ) | {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1"}
    subprocess.run(command, cwd=ROOT, env=quiet, check=True, capture_output=True, timeout=230)


def plain_secrets(run: Run) -> None:
    for noun in ("admin", "user-service", "hooks", "mediamtx-api", "playback"):
        run.client("secretsmanager").put_secret_value(SecretId=DEV.secret(noun), SecretString=secrets.token_hex(24))


def _node(run: Run, url: str, folder: Path, origin: int) -> Node:
    outputs = run.outputs()
    secret = run.client("secretsmanager").get_secret_value(SecretId=DEV.secret("playback"))["SecretString"]
    environment = of_the_system(os.environ) | {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "STREAM_SYNC_STAGE": DEV.name,
        "STREAM_SYNC_KMS_KEY_ID": outputs["KmsKeyArn"],
        "STREAM_SYNC_PLAYBACK_SECRETS": secret,
    }
    return Node(environment, folder / "node.log", packaging="on", origin_host=HOST, origin_port=origin)


def _package(run: Run, node: Node, site: str) -> None:
    """`chalice package`, with the addresses of what runs here in the place of load balancer and CloudFront."""
    for name in PACKAGED:
        source, target = ROOT / name, run.root / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    places = {
        "IngestUrl": node.ingest_url,
        "PlainIngestUrl": node.ingest_url,
        "PlaybackBaseUrl": f"{site}/live",
        "SiteUrl": site,
    }
    config = run.root / ".chalice" / "config.json"
    config.write_text(as_json(render(json.loads(config.read_text()), DEV, run.outputs() | places)))
    write_policies(DEV, run.root / ".chalice")
    subprocess.run(
        [Path(sys.executable).with_name("chalice"), "package", "--stage", DEV.name, "out"],
        cwd=run.root,
        env=of_the_system(os.environ) | {"AWS_DEFAULT_REGION": REGION, "PYTHONPATH": str(run.root)},
        check=True,
        capture_output=True,
        timeout=230,
    )


def _deploy_functions(run: Run, url: str) -> Deployed:
    template = json.loads((run.root / "out" / "sam.json").read_text())
    resources = without_websocket_deployment(template["Resources"])
    # Chalice's template names a function here that it calls otherwise.
    resources["ApiHandlerLogGroup"]["Properties"]["LogGroupName"] = {"Fn::Sub": "/aws/lambda/${APIHandler}"}
    package_in_s3(run, resources)
    reaches_the_emulator(run, url, resources)
    bucket = run.output("MediaBucket")
    run.client("s3").put_object(
        Bucket=bucket, Key="operations/api.json", Body=json.dumps({**template, "Resources": resources})
    )
    run.client("cloudformation").create_stack(
        StackName=API_STACK,
        TemplateURL=f"https://s3.amazonaws.com/{bucket}/operations/api.json",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    made = until(lambda: _made(run), "the functions are deployed", 60)
    return _as_chalice_writes(run, url, made)


def _made(run: Run) -> dict[str, str] | None:
    """Outputs of the finished stack."""
    stack = stacks.find(run, API_STACK) or {"StackStatus": "CREATE_IN_PROGRESS"}
    if stack["StackStatus"] == "CREATE_IN_PROGRESS":
        return None
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def without_websocket_deployment(resources: dict[str, Any]) -> dict[str, Any]:
    kept = {name: one for name, one in resources.items() if one["Type"] != "AWS::ApiGatewayV2::Deployment"}
    for resource in kept.values():
        if resource["Type"] == "AWS::ApiGatewayV2::Stage":
            del resource["Properties"]["DeploymentId"]
    return kept


def package_in_s3(run: Run, resources: dict[str, Any]) -> None:
    bucket, key = run.output("MediaBucket"), "operations/package.zip"
    run.client("s3").upload_file(str(run.root / "out" / "deployment.zip"), bucket, key)
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}


def reaches_the_emulator(run: Run, url: str, resources: dict[str, Any]) -> None:
    keys = f"{url}/{administrator.user_pool(run)}/.well-known/jwks.json"
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["Timeout"] = PATIENCE_S
            variables = resource["Properties"]["Environment"]["Variables"]
            variables |= {"AWS_ENDPOINT_URL": url, "STREAM_SYNC_OIDC_JWKS_URL": keys}


def management_url(run: Run, url: str, deployed: Deployed) -> None:
    """The stack has written AWS's."""
    address = _execute(url, deployed.websocket_api_id)
    run.client("ssm").put_parameter(Name=DEV.websocket_parameter, Value=address, Type="String", Overwrite=True)


def _execute(url: str, api: str) -> str:
    return f"{url}/_aws/execute-api/{api}/{API_STAGE}"


def _as_chalice_writes(run: Run, url: str, made: dict[str, str]) -> Deployed:
    """The file of `chalice deploy`, for the steps behind it."""
    found: list[dict[str, str]] = [
        {"name": "rest_api", "rest_api_id": made["RestAPIId"], "rest_api_url": _execute(url, made["RestAPIId"])},
        {"name": "websocket_api", "websocket_api_id": made["WebsocketAPIId"]},
    ]
    for function in FUNCTIONS:
        logical_id = "APIHandler" if function.name == API_HANDLER else function.logical_id
        one = run.client("cloudformation").describe_stack_resource(StackName=API_STACK, LogicalResourceId=logical_id)
        name = one["StackResourceDetail"]["PhysicalResourceId"]
        facts = run.client("lambda").get_function_configuration(FunctionName=name)
        found += [
            {"name": function.name, "lambda_arn": facts["FunctionArn"]},
            {"name": f"{function.name}_role", "role_name": facts["Role"].rpartition("/")[2]},
        ]
    path = chalice_state.path_of(run)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"resources": found}))
    return Deployed.read(path)


__all__ = ["ADMINISTRATOR", "CREDENTIALS", "DeployedStage", "deployed_stage", "emulator"]
