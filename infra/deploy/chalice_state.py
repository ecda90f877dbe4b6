"""`.chalice/deployed/<stage>.json`: what `chalice deploy` made, and by which it finds that again.

A copy is kept in the stage's media bucket, so that whoever deploys next updates the same functions.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.run import CannotDeploy, Run
from infra.functions import (
    FUNCTIONS,
    PUSHERS,
    SCHEDULED,
    STREAM_EVENT,
    WEBHOOK_EVENT,
    WEBSOCKET_API_ID,
    arn_parameter,
    role_parameter,
)

COPY = "operations/chalice-deployed.json"  # nodes serve only what is below `vod/`

# How what Chalice deletes is looked up, by kind: service, operation, its parameter, Chalice's name for that.
LOOKUPS = {
    "lambda_function": ("lambda", "get_function", "FunctionName", "lambda_arn"),
    "iam_role": ("iam", "get_role", "RoleName", "role_name"),
    "rest_api": ("apigateway", "get_rest_api", "restApiId", "rest_api_id"),
    "websocket_api": ("apigatewayv2", "get_api", "ApiId", "websocket_api_id"),
    "cloudwatch_event": ("events", "describe_rule", "Name", "rule_name"),
}
NOT_THERE = frozenset({"ResourceNotFoundException", "NotFoundException", "NoSuchEntity"})


@dataclass(frozen=True)
class Deployed:
    """The resources by name, as Chalice wrote them."""

    resources: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, path: Path) -> "Deployed":
        """Raises CannotDeploy."""
        try:
            document = json.loads(path.read_text())
            return cls({resource["name"]: resource for resource in document["resources"]})
        except FileNotFoundError:
            raise CannotDeploy(f"{path} is missing: the API has not been deployed, run the step `api`") from None
        except (ValueError, KeyError, TypeError):
            raise CannotDeploy(f"{path} is not what Chalice writes: restore it") from None

    def value(self, resource: str, key: str) -> str:
        try:
            return str(self.resources[resource][key])
        except KeyError:
            raise CannotDeploy(f"Chalice has deployed no {resource}: run the step `api`") from None

    @property
    def rest_api_id(self) -> str:
        return self.value("rest_api", "rest_api_id")

    @property
    def rest_url(self) -> str:
        return self.value("rest_api", "rest_api_url").rstrip("/")

    @property
    def websocket_api_id(self) -> str:
        return self.value("websocket_api", "websocket_api_id")

    @property
    def websocket_url(self) -> str:
        return self.value("websocket_api", "websocket_api_url").rstrip("/")

    def parameters(self) -> dict[str, str]:
        """Those of the API's edge stack."""
        named = {function.name: function for function in FUNCTIONS}
        arns = {
            arn_parameter(named[name]): self.value(name, "lambda_arn")
            for name in (STREAM_EVENT, WEBHOOK_EVENT, *SCHEDULED)
        }
        roles = {
            role_parameter(named[name]): self.value(f"{name}_role", "role_name")
            for name in {WEBHOOK_EVENT, *(function.name for function in PUSHERS)}
        }
        return {WEBSOCKET_API_ID: self.websocket_api_id, **arns, **roles}


def path_of(run: Run) -> Path:
    return run.root / ".chalice" / "deployed" / f"{run.stage.name}.json"


def fetch(run: Run) -> None:
    """Gets the shared copy, if there is one: another machine may have deployed last."""
    try:
        body = run.client("s3").get_object(Bucket=run.output("MediaBucket"), Key=COPY)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            return
        raise
    path = path_of(run)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def store(run: Run) -> None:
    """Also after a deployment that failed: Chalice writes what it made until then."""
    path = path_of(run)
    if path.is_file():
        run.client("s3").put_object(Bucket=run.output("MediaBucket"), Key=COPY, Body=path.read_bytes())


def keep_deletable(run: Run) -> None:
    """Takes out of the file what `chalice delete` would stop at, because an earlier run has deleted it already, and the
    log groups: Chalice would not delete them, but have them kept for ever."""
    path = path_of(run)
    document = json.loads(path.read_text())
    document["resources"] = [one for one in document["resources"] if _is_there(run, one)]
    path.write_text(json.dumps(document, indent=2))


def _is_there(run: Run, resource: dict[str, str]) -> bool:
    if resource["resource_type"] not in LOOKUPS:
        return False
    service, operation, parameter, key = LOOKUPS[resource["resource_type"]]
    try:
        getattr(run.client(service), operation)(**{parameter: resource[key]})
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_THERE:
            return False
        raise
    return True


def forget(run: Run) -> None:
    run.client("s3").delete_object(Bucket=run.output("MediaBucket"), Key=COPY)


__all__ = ["COPY", "Deployed", "fetch", "forget", "keep_deletable", "path_of", "store"]
