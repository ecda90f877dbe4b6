"""Clients of the emulator for tests that look behind our services."""

from collections.abc import Mapping
from typing import Any

import boto3


def client(env: Mapping[str, str], service: str) -> Any:
    """As whoever runs under `env` would have it: that of a stack or an emulator."""
    make: Any = boto3.client  # typed by service
    return make(
        service,
        endpoint_url=env["AWS_ENDPOINT_URL"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )


def everything_stored(env: Mapping[str, str]) -> str:
    """All rows of all tables, as text."""
    database = client(env, "dynamodb")
    pages = database.get_paginator("scan")
    names = database.list_tables()["TableNames"]
    return "\n".join(str(page["Items"]) for name in names for page in pages.paginate(TableName=name))
