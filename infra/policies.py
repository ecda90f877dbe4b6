"""IAM, least privilege: one place for the Lambda functions (Chalice's policy files) and for the ingest nodes' role.

Actions are the calls that `chalicelib.store` and `chalicelib.services` make, resources are named one by one. DynamoDB's
transactions have no action of their own: each item in them needs the action of its kind.
"""

from dataclasses import dataclass
from typing import Any

from infra.stages import Stage
from infra.tables import TABLES

ITEM_ACTIONS = (
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
)

# Where recordings are in the media bucket: as in their URLs, so that CloudFront finds them without rewriting.
RECORDINGS = "vod"

Statement = dict[str, Any]
Policy = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where resources live. In a stack these are CloudFormation tokens, in Chalice's policy files plain text."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


def _allow(sid: str, actions: tuple[str, ...], resources: list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resources}


def shared_statements(stage: Stage, place: Place) -> list[Statement]:
    """What both planes do: read and write rows, and put events on the bus."""
    arns = {table.name: place.arn("dynamodb", f"table/{stage.table_prefix}{table.name}") for table in TABLES}
    indexes = [f"{arns[table.name]}/index/{index.name}" for table in TABLES for index in table.indexes]
    return [
        _allow("Rows", ITEM_ACTIONS, list(arns.values())),
        _allow("Indexes", ("dynamodb:Query",), indexes),
        _allow("Events", ("events:PutEvents",), [place.arn("events", f"event-bus/{stage.prefix}")]),
    ]


def protection_statements(stage: Stage, place: Place) -> list[Statement]:
    """What a node asks of ECS: not to be stopped while it has publishers."""
    tasks = place.arn("ecs", f"task/{stage.prefix}/*")
    return [_allow("Protection", ("ecs:GetTaskProtection", "ecs:UpdateTaskProtection"), [tasks])]


def recording_statements(bucket_arn: str, *, may_delete: bool) -> list[Statement]:
    """What writing and reading recordings takes; removing them is the control plane's task."""
    objects = ("s3:GetObject", "s3:PutObject", *(("s3:DeleteObject",) if may_delete else ()))
    listing = _allow("ListRecordings", ("s3:ListBucket",), [bucket_arn])
    listing["Condition"] = {"StringLike": {"s3:prefix": [f"{RECORDINGS}/*"]}}
    return [_allow("Recordings", objects, [f"{bucket_arn}/{RECORDINGS}/*"]), listing]


def control_plane_policy(stage: Stage, place: Place, kms_key_arn: str, media_bucket: str) -> Policy:
    """The policy of the Lambda functions, as `.chalice/policy-<stage>.json` holds it.

    The right to push over the WebSocket is not here: it names the API that the same deployment makes
    (see `infra.chalice_extras`).
    """
    return _policy(
        *shared_statements(stage, place),
        # Once a minute, all publishers of a media server.
        _allow("Publishers", ("dynamodb:Scan",), [place.arn("dynamodb", f"table/{stage.table_prefix}nodes")]),
        _allow("StreamKeys", ("kms:Decrypt", "kms:Encrypt"), [kms_key_arn]),
        *recording_statements(f"arn:{place.partition}:s3:::{media_bucket}", may_delete=True),
        _logs(stage, place),
    )


def authorizer_policy(stage: Stage, place: Place) -> Policy:
    """The authorizer parses untrusted tokens and accesses nothing else: it may only log."""
    return _policy(_logs(stage, place))


def _logs(stage: Stage, place: Place) -> Statement:
    """Log groups are made by the deployment, so functions only write."""
    streams = place.arn("logs", f"log-group:/aws/lambda/{stage.prefix}-*:log-stream:*")
    return _allow("Logs", ("logs:CreateLogStream", "logs:PutLogEvents"), [streams])


def _policy(*statements: Statement) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}


__all__ = [
    "ITEM_ACTIONS",
    "RECORDINGS",
    "Place",
    "Policy",
    "Statement",
    "authorizer_policy",
    "control_plane_policy",
    "recording_statements",
    "shared_statements",
]
