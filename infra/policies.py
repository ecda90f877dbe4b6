"""IAM, least privilege: the statements of which the functions' policies and the ingest nodes' role are made.

Which function has which: `infra.functions`. Actions are the calls that `chalicelib.store` and `chalicelib.services`
make, resources are named one by one. DynamoDB's transactions have no action of their own: each item in them needs the
action of its kind.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from infra.stages import Stage
from infra.tables import TABLES, Table

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

READ_ACTIONS = ("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query")

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


def allow(sid: str, actions: tuple[str, ...], resources: list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resources}


def shared_statements(stage: Stage, place: Place) -> list[Statement]:
    """What both planes do: read and write rows, and put events on the bus."""
    everything = [table.name for table in TABLES]
    return [*row_statements(stage, place, (), everything), event_statement(stage, place)]


def protection_statements(stage: Stage, place: Place) -> list[Statement]:
    """What a node asks of ECS: not to be stopped while it has publishers."""
    tasks = place.arn("ecs", f"task/{stage.prefix}/*")
    return [allow("Protection", ("ecs:GetTaskProtection", "ecs:UpdateTaskProtection"), [tasks])]


def recording_statements(bucket_arn: str, *, may_delete: bool) -> list[Statement]:
    """What writing and reading recordings takes; removing them is the control plane's task."""
    objects = ("s3:GetObject", "s3:PutObject", *(("s3:DeleteObject",) if may_delete else ()))
    listing = allow("ListRecordings", ("s3:ListBucket",), [bucket_arn])
    listing["Condition"] = {"StringLike": {"s3:prefix": [f"{RECORDINGS}/*"]}}
    return [allow("Recordings", objects, [f"{bucket_arn}/{RECORDINGS}/*"]), listing]


def row_statements(stage: Stage, place: Place, reads: Collection[str], writes: Collection[str]) -> list[Statement]:
    """Rows of the tables by their names: `reads` are only read, `writes` are read and written; and their indexes."""
    found = []
    tables = [table for table in TABLES if table.name in {*reads, *writes}]
    for sid, actions, names in (
        ("Rows", ITEM_ACTIONS, {*writes}),
        ("ReadRows", READ_ACTIONS, {*reads} - {*writes}),
    ):
        arns = [_table_arn(stage, place, table) for table in tables if table.name in names]
        if arns:
            found.append(allow(sid, actions, arns))
    indexes = [f"{_table_arn(stage, place, table)}/index/{index.name}" for table in tables for index in table.indexes]
    if indexes:
        found.append(allow("Indexes", ("dynamodb:Query",), indexes))
    return found


def scan_statement(stage: Stage, place: Place, table: str) -> Statement:
    return allow("Scan", ("dynamodb:Scan",), [place.arn("dynamodb", f"table/{stage.table_prefix}{table}")])


def event_statement(stage: Stage, place: Place) -> Statement:
    return allow("Events", ("events:PutEvents",), [place.arn("events", f"event-bus/{stage.prefix}")])


def secret_statement(stage: Stage, place: Place, nouns: Iterable[str]) -> Statement:
    """Secrets Manager ends each ARN with a hyphen and six characters of its own."""
    arns = [place.arn("secretsmanager", f"secret:{stage.secret(noun)}-??????") for noun in nouns]
    return allow("Secrets", ("secretsmanager:GetSecretValue",), arns)


def sealing_statement(actions: tuple[str, ...], key_arn: str, contexts: Iterable[str]) -> Statement:
    """Of secrets of these kinds only. A call without any context is refused by the key's own policy."""
    statement = allow("Sealed", actions, [key_arn])
    statement["Condition"] = {"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": list(contexts)}}
    return statement


def parameter_statement(place: Place, name: str) -> Statement:
    return allow("Parameter", ("ssm:GetParameter",), [place.arn("ssm", f"parameter{name}")])


def log_statement(place: Place, function: str) -> Statement:
    """Log groups are made by the deployment, so functions only write, each to its own."""
    streams = place.arn("logs", f"log-group:/aws/lambda/{function}:log-stream:*")
    return allow("Logs", ("logs:CreateLogStream", "logs:PutLogEvents"), [streams])


def _table_arn(stage: Stage, place: Place, table: Table) -> str:
    return place.arn("dynamodb", f"table/{stage.table_prefix}{table.name}")


def policy_of(*statements: Statement) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}


__all__ = [
    "ITEM_ACTIONS",
    "READ_ACTIONS",
    "RECORDINGS",
    "Place",
    "Policy",
    "Statement",
    "allow",
    "event_statement",
    "log_statement",
    "parameter_statement",
    "policy_of",
    "protection_statements",
    "recording_statements",
    "row_statements",
    "scan_statement",
    "sealing_statement",
    "secret_statement",
    "shared_statements",
]
