"""Which IAM requests an AWS call makes: its action, its resource, and the condition keys that policies here look at.

https://docs.aws.amazon.com/service-authorization/latest/reference/ lists them by service. A call that this module does
not know is a request for an action of its own name on everything, which no policy of ours allows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.iam import Request

TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
ON_OBJECTS = {
    "PutObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload",
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "DeleteObject": "DeleteObject",
}


@dataclass(frozen=True)
class Account:
    """Where calls go. `kms_key`: the ARN behind the alias that the functions name."""

    region: str
    number: str
    kms_key: str

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.number}:{resource}"


def requests(account: Account, service: str, operation: str, params: dict[str, Any]) -> Iterator[Request]:
    match service:
        case "dynamodb":
            yield from _dynamodb(account, operation, params)
        case "events" if operation == "PutEvents":
            for entry in params["Entries"]:
                bus = account.arn("events", f"event-bus/{entry.get('EventBusName', 'default')}")
                yield Request("events:PutEvents", bus)
        case "kms":
            context = params.get("EncryptionContext", {})
            keys = {"kms:EncryptionContextKeys": tuple(context)} if context else {}
            values = {f"kms:EncryptionContext:{key}": (value,) for key, value in context.items()}
            yield Request(f"kms:{operation}", account.kms_key, keys | values)
        case "s3":
            yield from _s3(operation, params)
        case "execute-api" if operation.endswith("Connection"):
            connection = f"websocket/api/POST/@connections/{params['ConnectionId']}"
            yield Request("execute-api:ManageConnections", account.arn("execute-api", connection))
        case _:
            yield Request(f"{service}:{operation}", "*")


def _dynamodb(account: Account, operation: str, params: dict[str, Any]) -> Iterator[Request]:
    def table(name: str, index: str | None = None) -> str:
        return account.arn("dynamodb", f"table/{name}" + (f"/index/{index}" if index else ""))

    if operation in ("BatchGetItem", "BatchWriteItem"):
        for name in params["RequestItems"]:
            yield Request(f"dynamodb:{operation}", table(name))
    elif operation in ("TransactWriteItems", "TransactGetItems"):
        for item in params["TransactItems"]:
            for kind, what in item.items():
                yield Request(f"dynamodb:{TRANSACTED[kind]}", table(what["TableName"]))
    else:
        yield Request(f"dynamodb:{operation}", table(params.get("TableName", "*"), params.get("IndexName")))


def _s3(operation: str, params: dict[str, Any]) -> Iterator[Request]:
    bucket = f"arn:aws:s3:::{params.get('Bucket', '*')}"
    if operation in ON_OBJECTS:
        yield Request(f"s3:{ON_OBJECTS[operation]}", f"{bucket}/{params['Key']}")
    elif operation == "DeleteObjects":
        for one in params["Delete"]["Objects"]:
            yield Request("s3:DeleteObject", f"{bucket}/{one['Key']}")
    elif operation in ("ListObjectsV2", "ListObjects"):
        prefix = params.get("Prefix")
        yield Request("s3:ListBucket", bucket, {"s3:prefix": (prefix,)} if prefix is not None else {})
    else:
        yield Request(f"s3:{operation}", bucket)
