"""Chalice's configuration learns the addresses of the stacks."""

import json
import shutil
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.config import Settings
from infra.policies import Place, shared_statements
from infra.render_chalice_config import (
    FROM_OUTPUT,
    OutputMissing,
    add_remote,
    as_json,
    policies,
    render,
    stack_outputs,
    write,
    write_policies,
)
from infra.stages import STAGE_NAMES, STAGES, Stage
from tests.infra.conftest import ROOT

DEV = STAGES["dev"]
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1b2c"
OUTPUTS = {
    "KmsKeyArn": KEY,
    "OidcIssuer": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_pool",
    "OidcAudience": "client-1",
    "PlaybackBaseUrl": "https://media.example.com/live",
    "MediaBucket": "stream-sync-dev-media",
    "SiteUrl": "https://media.example.com",
    "IngestUrl": "rtmp://ingest.example.com:1935/live",
    "PlainIngestUrl": "rtmp://ingest.example.com:1935/live",
}
ENCRYPTED = OUTPUTS | {"IngestUrl": "rtmps://ingest.example.com:443/live"}


@pytest.fixture
def chalice(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / ".chalice", tmp_path / ".chalice"))


def environment(chalice: Path, stage: str = "dev") -> dict[str, str]:
    config = json.loads((chalice / "config.json").read_text())
    return config["stages"][stage]["environment_variables"]  # type: ignore[no-any-return]


def test_the_functions_learn_where_the_stage_lives(chalice: Path) -> None:
    write(DEV, OUTPUTS, chalice)
    found = environment(chalice)
    assert {variable: found[variable] for variable in FROM_OUTPUT} == {
        variable: OUTPUTS[output] for variable, output in FROM_OUTPUT.items()
    }
    assert json.loads(found["STREAM_SYNC_INGEST_URLS"]) == {"eu-west-1": OUTPUTS["IngestUrl"]}
    assert found["STREAM_SYNC_RECORDING"] == "s3://stream-sync-dev-media/vod"


def test_the_servers_without_encryption_are_known_where_there_are_encrypted_ones(chalice: Path) -> None:
    write(DEV, ENCRYPTED, chalice)
    found = environment(chalice)
    assert json.loads(found["STREAM_SYNC_INGEST_URLS"]) == {"eu-west-1": ENCRYPTED["IngestUrl"]}
    assert json.loads(found["STREAM_SYNC_PLAIN_INGEST_URLS"]) == {"eu-west-1": ENCRYPTED["PlainIngestUrl"]}
    write(DEV, OUTPUTS, chalice)
    assert json.loads(environment(chalice)["STREAM_SYNC_PLAIN_INGEST_URLS"]) == {}


def test_a_further_region_is_added_and_stays(chalice: Path) -> None:
    write(DEV, OUTPUTS, chalice)
    there = {"IngestUrl": "rtmps://us.example.com:443/live", "PlainIngestUrl": "rtmp://us.example.com:1935/live"}
    add_remote(DEV, "us-east-1", there, chalice)
    write(DEV, OUTPUTS, chalice)
    found = environment(chalice)
    assert json.loads(found["STREAM_SYNC_INGEST_URLS"]) == {
        "eu-west-1": OUTPUTS["IngestUrl"],
        "us-east-1": there["IngestUrl"],
    }
    assert json.loads(found["STREAM_SYNC_PLAIN_INGEST_URLS"]) == {"us-east-1": there["PlainIngestUrl"]}


def test_what_is_written_is_what_the_service_accepts(chalice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(DEV, OUTPUTS, chalice)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    for name, value in environment(chalice).items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.event_bus == DEV.prefix
    assert settings.table_prefix == DEV.table_prefix
    assert settings.ingest_url("eu-west-1") == OUTPUTS["IngestUrl"]
    assert settings.oidc_jwks_url == OUTPUTS["OidcIssuer"] + "/.well-known/jwks.json"


def test_a_second_region_is_added_beside_the_first(chalice: Path) -> None:
    write(DEV, OUTPUTS, chalice)
    elsewhere = {
        **OUTPUTS,
        "KmsKeyArn": KEY.replace("eu-west-1", "us-east-1"),
        "SiteUrl": "https://media.example.com",
        "IngestUrl": "rtmp://us.example.com/live",
    }
    write(DEV, elsewhere, chalice)
    assert json.loads(environment(chalice)["STREAM_SYNC_INGEST_URLS"]) == {
        "eu-west-1": OUTPUTS["IngestUrl"],
        "us-east-1": "rtmp://us.example.com/live",
    }


def test_a_second_run_changes_nothing(chalice: Path) -> None:
    write(DEV, OUTPUTS, chalice)
    once = {path.name: path.read_text() for path in chalice.rglob("*.json")}
    write(DEV, OUTPUTS, chalice)
    assert {path.name: path.read_text() for path in chalice.rglob("*.json")} == once


def test_other_stages_stay(chalice: Path) -> None:
    before = environment(chalice, "prod")
    write(DEV, OUTPUTS, chalice)
    assert environment(chalice, "prod") == before


def test_policies_name_the_real_account_and_region(chalice: Path) -> None:
    write(DEV, OUTPUTS, chalice)
    text = (chalice / "policies" / "dev" / "api_handler.json").read_text()
    assert "arn:aws:dynamodb:eu-west-1:123456789012:table/stream-sync-dev-channels" in text
    assert KEY in text
    assert "000000000000" not in text


@pytest.mark.parametrize("missing", OUTPUTS)
def test_a_stage_without_its_stacks_is_refused_and_nothing_is_written(chalice: Path, missing: str) -> None:
    before = {path.name: path.read_text() for path in chalice.rglob("*.json")}
    with pytest.raises(OutputMissing, match=missing):
        write(DEV, {name: value for name, value in OUTPUTS.items() if name != missing}, chalice)
    assert {path.name: path.read_text() for path in chalice.rglob("*.json")} == before


def test_outputs_come_from_all_stacks_of_the_stage() -> None:
    client = boto3.client("cloudformation", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
    answer = {"StackName": "x", "CreationTime": "2025-01-01T00:00:00Z", "StackStatus": "CREATE_COMPLETE"}
    with Stubber(client) as stub:
        for noun, name in (("data", "KmsKeyArn"), ("ingest", "IngestUrl"), ("edge", "PlaybackBaseUrl")):
            outputs = [{"OutputKey": name, "OutputValue": OUTPUTS[name]}]
            stub.add_response(
                "describe_stacks",
                {"Stacks": [{**answer, "Outputs": outputs}]},
                {"StackName": f"stream-sync-dev-{noun}"},
            )
        assert stack_outputs(DEV, client) == {
            name: OUTPUTS[name] for name in ("KmsKeyArn", "IngestUrl", "PlaybackBaseUrl")
        }


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGE_NAMES)
def test_the_policies_follow_the_configuration_and_nothing_else(chalice: Path, stage: Stage) -> None:
    write_policies(stage, chalice)
    config = json.loads((chalice / "config.json").read_text())
    for file, policy in policies(stage, config).items():
        assert (chalice / file).read_text() == as_json(policy)


def test_the_dashboards_origin_is_allowed_unless_another_one_was_chosen(chalice: Path) -> None:
    write(DEV, OUTPUTS, chalice)
    assert environment(chalice)["STREAM_SYNC_ALLOWED_ORIGINS"] == OUTPUTS["SiteUrl"]
    config = json.loads((chalice / "config.json").read_text())
    config["stages"]["dev"]["environment_variables"]["STREAM_SYNC_ALLOWED_ORIGINS"] = "https://own.example.com"
    rendered = render(config, DEV, OUTPUTS)
    assert (
        rendered["stages"]["dev"]["environment_variables"]["STREAM_SYNC_ALLOWED_ORIGINS"] == "https://own.example.com"
    )


def test_rendering_leaves_its_input_alone() -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    before = json.dumps(config)
    render(config, DEV, OUTPUTS)
    assert json.dumps(config) == before


def test_ingest_nodes_read_no_table_whole() -> None:
    shared = [a for s in shared_statements(DEV, Place("aws", "eu-west-1", "123456789012")) for a in s["Action"]]
    assert "dynamodb:Scan" not in shared
