"""The environment is checked once: a bad value names its variable, and never tells a secret."""

import os
import subprocess
import sys

import pytest
from pydantic import ValidationError

from chalicelib.config import Settings, bad_variables
from ingest_container.base.settings import IngestSettings
from local.settings import ROOT

SECRET = "hunter2-hunter2-hunter2"  # too short for either kind


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith(("STREAM_SYNC_", "AWS_")) or name == "SECRET_KEY":
            monkeypatch.delenv(name)


def test_names_follow_the_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_STAGE", "prod")
    settings = Settings()
    assert (settings.table_prefix, settings.event_bus) == ("stream-sync-prod-", "stream-sync-prod")


def test_the_user_services_name_of_the_secret_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "s" * 32)
    assert Settings().secret_key == "s" * 32


def test_the_key_set_is_found_at_the_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_OIDC_ISSUER", "https://issuer.example.com")
    assert Settings().oidc_jwks_url == "https://issuer.example.com/.well-known/jwks.json"


@pytest.mark.requirement("ST-7")
def test_a_deployed_issuer_needs_an_audience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_STAGE", "prod")
    monkeypatch.setenv("STREAM_SYNC_OIDC_ISSUER", "https://issuer.example.com")
    for audience in (None, ""):
        if audience is not None:
            monkeypatch.setenv("STREAM_SYNC_OIDC_AUDIENCE", audience)
        with pytest.raises(ValidationError) as refused:
            Settings()
        assert bad_variables(refused.value).startswith("STREAM_SYNC_OIDC_AUDIENCE: ")
    monkeypatch.setenv("STREAM_SYNC_OIDC_AUDIENCE", "client-1")
    assert Settings().oidc_audience == "client-1"


@pytest.mark.requirement("SS-6.1")
def test_a_channel_is_sent_to_its_own_region_and_else_to_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    urls = '{"eu-west-1": "rtmp://eu.example.com/live", "us-east-1": "rtmp://us.example.com/live"}'
    monkeypatch.setenv("STREAM_SYNC_INGEST_URLS", urls)
    monkeypatch.setenv("STREAM_SYNC_REGION", "us-east-1")
    settings = Settings()
    assert settings.home_region == "us-east-1"
    assert settings.ingest_url("eu-west-1") == "rtmp://eu.example.com/live"
    assert settings.ingest_url("mars-1") == "rtmp://us.example.com/live"


def test_tables_are_in_the_own_region_unless_another_one_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_REGION", "eu-west-1")
    assert Settings().data_region == "eu-west-1"
    monkeypatch.setenv("STREAM_SYNC_DATA_REGION", "us-east-1")
    assert (Settings().region, Settings().data_region) == ("eu-west-1", "us-east-1")


@pytest.mark.requirement("SO-9")
def test_two_admin_secrets_may_be_valid_at_once_and_not_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_ADMIN_SECRETS", f"{'a' * 24}, {'b' * 24}")
    assert Settings().admin_secrets == ["a" * 24, "b" * 24]
    monkeypatch.setenv("STREAM_SYNC_ADMIN_SECRETS", f"{'a' * 24},{'b' * 24},{'c' * 24}")
    with pytest.raises(ValidationError):
        Settings()


def test_secrets_are_not_in_the_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_SECRET_KEY", "s3cret" * 8)
    monkeypatch.setenv("STREAM_SYNC_ADMIN_SECRETS", "adm1n" * 8)
    assert "s3cret" not in repr(Settings())
    assert "adm1n" not in repr(Settings())


BAD = {
    "STREAM_SYNC_STAGE": "Not A Stage",
    "STREAM_SYNC_INGEST_URLS": "{",
    "STREAM_SYNC_SECRET_KEY": SECRET,
    "SECRET_KEY": SECRET,
    "STREAM_SYNC_ADMIN_SECRETS": SECRET,
    "STREAM_SYNC_ALLOWED_ORIGINS": "",
    "STREAM_SYNC_KEY_TTL_HOURS": "0",
    "STREAM_SYNC_LOG_LEVEL": "LOUD",
    "STREAM_SYNC_RTMP_PORT": "99999",
    "STREAM_SYNC_CAPACITY": "many",
    "STREAM_SYNC_PROXY_NETWORKS": "10.0.0.0/8, nowhere",
}


@pytest.mark.parametrize("name", BAD)
def test_an_ingest_node_that_cannot_start_names_the_variable_and_no_secret(name: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "ingest_container"],
        cwd=ROOT,
        env=dict(os.environ) | {name: BAD[name]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr
    said = [line.partition(":")[0] for line in ended.stderr.splitlines()]
    # The secret goes by two names; the message uses the first.
    assert said == ["STREAM_SYNC_SECRET_KEY" if name == "SECRET_KEY" else name]
    assert SECRET not in ended.stderr


def test_variables_that_only_make_sense_together_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_RTMPS_PORT", "1936")
    with pytest.raises(ValidationError) as refused:
        IngestSettings()
    assert bad_variables(refused.value) == (
        "RTMPS needs all of STREAM_SYNC_RTMPS_PORT, STREAM_SYNC_TLS_CERTIFICATE, STREAM_SYNC_TLS_PRIVATE_KEY"
    )


@pytest.mark.parametrize("value", ['{"us-east-1": 5}', "{}", "[]"])
def test_ingest_urls_that_are_none(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("STREAM_SYNC_INGEST_URLS", value)
    with pytest.raises(ValidationError, match="STREAM_SYNC_INGEST_URLS"):
        Settings()
