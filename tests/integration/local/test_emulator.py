"""What bootstrap makes in the emulator, and that making it again changes nothing."""

import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from local.private_files import SignIn, read_sign_in
from local.settings import ROOT
from tests.support import aws
from tests.support.stack import START_TIMEOUT_S, Emulator, in_environment, running_emulator

pytestmark = pytest.mark.needs("ministack")


def test_every_table_of_the_store_is_there_and_billed_on_demand(cloud: Emulator) -> None:
    from chalicelib.store.models import TABLES

    dynamodb = boto3.client("dynamodb")
    for table in TABLES:
        found = dynamodb.describe_table(TableName=table.Meta.table_name)["Table"]
        assert found["TableStatus"] == "ACTIVE"
        assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_tables_that_forget_have_their_ttl_switched_on(cloud: Emulator) -> None:
    from chalicelib.store.models import TABLES

    dynamodb = boto3.client("dynamodb")
    forgetful = [table for table in TABLES if hasattr(table.Meta, "ttl_attribute")]
    assert forgetful
    for table in forgetful:
        ttl = dynamodb.describe_time_to_live(TableName=table.Meta.table_name)["TimeToLiveDescription"]
        assert ttl["TimeToLiveStatus"] == "ENABLED"


def test_sealing_key_opens_what_it_sealed(cloud: Emulator) -> None:
    kms = boto3.client("kms")
    sealed = kms.encrypt(KeyId=cloud.env["STREAM_SYNC_KMS_KEY_ID"], Plaintext=b"a stream key")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"a stream key"


@pytest.mark.timeout(600)
def test_bootstrap_repeated_keeps_pool_client_and_rule(emulator: Emulator) -> None:
    def run() -> SignIn:
        command = [sys.executable, "-m", "local.bootstrap"]
        subprocess.run(command, cwd=ROOT, env=emulator.env, check=True, timeout=START_TIMEOUT_S)
        return read_sign_in(emulator.state_dir)

    assert run() == run()
    events = aws.client(emulator.env, "events")
    rules = events.list_rules(EventBusName=emulator.env["STREAM_SYNC_EVENT_BUS"])["Rules"]
    assert [rule["State"] for rule in rules] == ["ENABLED"]


@pytest.mark.timeout(600)
def test_a_table_that_an_older_version_made_gets_the_indexes_it_lacks(tmp_path: Path) -> None:
    from chalicelib.store.runtime_models import Node

    with running_emulator(tmp_path / "cloud") as own, in_environment(own):
        dynamodb, name = boto3.client("dynamodb"), Node.Meta.table_name

        def indexes() -> list[str]:
            table = dynamodb.describe_table(TableName=name)["Table"]
            return [index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])]

        assert indexes() == ["by_kind"]
        dynamodb.update_table(TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_kind"}}])
        assert indexes() == []
        subprocess.run(
            [sys.executable, "-m", "local.bootstrap"], cwd=ROOT, env=own.env, check=True, timeout=START_TIMEOUT_S
        )
        assert indexes() == ["by_kind"]
