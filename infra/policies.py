"""IAM, least privilege: one place for the Lambda functions (Chalice's policy files) and for the ingest nodes' role.

Actions are the calls that `chalicelib.store` and `chalicelib.services` make, resources are named one by one. DynamoDB's
transactions have no action of their own: each item in them needs the action of its kind.
"""

from dataclasses import dataclass
from typing import Any

from infra.stages import Stage

TABLES = ("channels", "keys", "streams", "timeline", "nodes", "connections", "pulses")

# Read whole, because they are small and every row is wanted: the node sessions.
SCANNED = ("nodes",)

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

Statement = dict[str, Any]


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
    tables = [place.arn("dynamodb", f"table/{stage.table_prefix}{table}") for table in TABLES]
    scanned = [place.arn("dynamodb", f"table/{stage.table_prefix}{table}") for table in SCANNED]
    return [
        _allow("Rows", ITEM_ACTIONS, tables),
        _allow("Indexes", ("dynamodb:Query",), [f"{table}/index/*" for table in tables]),
        _allow("NodeSessions", ("dynamodb:Scan",), scanned),
        _allow("Events", ("events:PutEvents",), [place.arn("events", f"event-bus/{stage.prefix}")]),
    ]


def control_plane_policy(stage: Stage, place: Place, kms_key_arn: str) -> dict[str, Any]:
    """The policy of the Lambda functions, as `.chalice/policy-<stage>.json` holds it.

    The right to push over the WebSocket is not here: it names the API that the same deployment makes
    (see `infra.chalice_extras`). Log groups are made by the deployment too, so the functions only write.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            *shared_statements(stage, place),
            _allow("StreamKeys", ("kms:Decrypt", "kms:Encrypt"), [kms_key_arn]),
            _allow(
                "Logs",
                ("logs:CreateLogStream", "logs:PutLogEvents"),
                [place.arn("logs", f"log-group:/aws/lambda/{stage.prefix}-*:log-stream:*")],
            ),
        ],
    }


__all__ = ["ITEM_ACTIONS", "TABLES", "Place", "Statement", "control_plane_policy", "shared_statements"]
