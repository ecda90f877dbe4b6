"""`python -m local.bootstrap`: create in the emulator what CloudFormation creates in the cloud. Steps are idempotent.

A process of its own, because the tables' names and the endpoint are read from the environment at import
(`local.environment.cloud_environment`). It leaves the sign-in's ids in `sign-in.json` in the state folder.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError
from pynamodb.models import Model

from chalicelib.config import settings
from chalicelib.store.models import TABLES
from local.private_files import SignIn, load_or_make_secrets, write_sign_in
from local.settings import ADMIN_EMAIL, BUS_HEADER, DEMO_EMAIL, KEY_ALIAS, LocalSettings

if TYPE_CHECKING:  # the types are not installed for `make run`
    from mypy_boto3_cognito_idp.client import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb.client import DynamoDBClient

POOL_NAME = "stream-sync"
RULE_NAME = "stream-sync-reactions"


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def create_tables() -> None:
    """The store's tables; those whose Meta names a `ttl_attribute` forget by it."""
    dynamodb = boto3.client("dynamodb")
    for table in TABLES:
        table.create_table(wait=True, billing_mode="PAY_PER_REQUEST")
        add_missing_indexes(dynamodb, table)
        name, attribute = table.Meta.table_name, getattr(table.Meta, "ttl_attribute", None)
        if attribute and not _forgets(dynamodb, name):
            specification: Any = {"Enabled": True, "AttributeName": attribute}
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)


def add_missing_indexes(dynamodb: "DynamoDBClient", table: type[Model]) -> None:
    """To a table that an older version made."""
    name = table.Meta.table_name
    there = dynamodb.describe_table(TableName=name)["Table"].get("GlobalSecondaryIndexes", [])
    for index in table._get_schema()["global_secondary_indexes"]:
        if index["index_name"] not in {one["IndexName"] for one in there}:
            new: Any = {
                "IndexName": index["index_name"],
                "KeySchema": index["key_schema"],
                "Projection": index["projection"],
            }
            attributes: Any = index["attribute_definitions"]
            dynamodb.update_table(
                TableName=name, AttributeDefinitions=attributes, GlobalSecondaryIndexUpdates=[{"Create": new}]
            )


def _forgets(dynamodb: "DynamoDBClient", table: str) -> bool:
    found = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    return found.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")


def create_kms_key() -> None:
    """The key that seals the owner's copy of a stream key."""
    kms = boto3.client("kms")
    aliases = [alias["AliasName"] for page in kms.get_paginator("list_aliases").paginate() for alias in page["Aliases"]]
    if KEY_ALIAS not in aliases:
        key = kms.create_key(Description="stream-sync stream keys")
        kms.create_alias(AliasName=KEY_ALIAS, TargetKeyId=key["KeyMetadata"]["KeyId"])


def create_sign_in(demo_password: str) -> SignIn:
    """The user pool, its browser client, the demo account and an administrator's, with verified addresses."""
    cognito = boto3.client("cognito-idp")
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    pool = next((p["Id"] for p in pools if p["Name"] == POOL_NAME), None)
    if pool is None:
        pool = cognito.create_user_pool(PoolName=POOL_NAME, UsernameAttributes=["email"])["UserPool"]["Id"]
    # What may differ in a pool that an older version made. In AWS: `infra.data`.
    kinds = {f"Require{kind}": True for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols")}
    policies: Any = {"PasswordPolicy": {"MinimumLength": 12, **kinds}}
    cognito.update_user_pool(UserPoolId=pool, AutoVerifiedAttributes=["email"], Policies=policies)
    cognito.set_user_pool_mfa_config(
        UserPoolId=pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    clients = cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
    client = next((c["ClientId"] for c in clients if c["ClientName"] == "dashboard"), None)
    if client is None:
        client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="dashboard", GenerateSecret=False)[
            "UserPoolClient"
        ]["ClientId"]
    cognito.update_user_pool_client(
        UserPoolId=pool,
        ClientId=client,
        ClientName="dashboard",
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"],
        PreventUserExistenceErrors="ENABLED",
    )
    _create_account(cognito, pool, DEMO_EMAIL, "Demo", demo_password)
    _create_account(cognito, pool, ADMIN_EMAIL, "Administrator", demo_password)
    _make_administrator(cognito, pool, ADMIN_EMAIL)
    return SignIn(pool, client)


def _create_account(cognito: "CognitoIdentityProviderClient", pool: str, email: str, name: str, password: str) -> None:
    try:
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=email,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
                {"Name": "name", "Value": name},
            ],
        )
    except ClientError as error:
        if _code(error) != "UsernameExistsException":
            raise
    cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)


def _make_administrator(cognito: "CognitoIdentityProviderClient", pool: str, email: str) -> None:
    group = settings().admin_role
    if group not in {one.get("GroupName") for one in cognito.list_groups(UserPoolId=pool)["Groups"]}:
        cognito.create_group(UserPoolId=pool, GroupName=group)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=group)


def create_bus(deliver_to: str, bus_secret: str) -> None:
    """The bus and the rule that brings its events to the gateway.

    In AWS the rule's target is the Lambda function. Here it is an API destination, because the functions run in the
    gateway: 3 ms from PutEvents to the handler, where a queue between them took 55 (100 at worst).
    """
    events = boto3.client("events")
    bus = settings().event_bus
    _create_or(lambda: events.create_event_bus(Name=bus))
    authorization: Any = {
        "AuthorizationType": "API_KEY",
        "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": BUS_HEADER, "ApiKeyValue": bus_secret}},
    }
    if not _create_or(lambda: events.create_connection(Name=RULE_NAME, **authorization)):
        events.update_connection(Name=RULE_NAME, **authorization)
    connection = events.describe_connection(Name=RULE_NAME)["ConnectionArn"]
    destination: Any = {
        "Name": RULE_NAME,
        "ConnectionArn": connection,
        "InvocationEndpoint": deliver_to,
        "HttpMethod": "POST",
    }
    # The gateway's port may be another one than last time.
    if not _create_or(lambda: events.create_api_destination(**destination)):
        events.update_api_destination(**destination)
    target = events.describe_api_destination(Name=RULE_NAME)["ApiDestinationArn"]
    pattern = json.dumps({"source": [{"prefix": "stream-sync."}]})
    events.put_rule(Name=RULE_NAME, EventBusName=bus, EventPattern=pattern)
    role = "arn:aws:iam::000000000000:role/stream-sync-reactions"
    events.put_targets(Rule=RULE_NAME, EventBusName=bus, Targets=[{"Id": "reactions", "Arn": target, "RoleArn": role}])


def _create_or(create: Callable[[], object]) -> bool:
    """Call `create`; False if it was there already."""
    try:
        create()
    except ClientError as error:
        if _code(error) != "ResourceAlreadyExistsException":
            raise
        return False
    return True


def main() -> None:
    local = LocalSettings()
    secrets = load_or_make_secrets(local.state_dir)
    create_tables()
    create_kms_key()
    create_bus(f"{local.http_url}/bus-events", secrets.bus_secret)
    write_sign_in(local.state_dir, create_sign_in(secrets.demo_password))


if __name__ == "__main__":
    main()
