"""What the Data stack promises beside its tables (those are in test_tables)."""

import pytest

from infra.render_chalice_config import FROM_OUTPUT
from infra.stages import STAGES, StageName
from tests.infra.conftest import Template


@pytest.mark.requirement("SS-6.2")
def test_stream_keys_have_an_encryption_key_that_rotates(data: Template, stage: StageName) -> None:
    assert data.only("AWS::KMS::Key")["EnableKeyRotation"] is True
    assert data.only("AWS::KMS::Alias")["AliasName"] == f"alias/stream-sync-{stage}"


def test_media_is_private_and_encrypted(data: Template) -> None:
    bucket = data.only("AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]
    denied = [
        statement["Condition"]
        for statement in data.only("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    ]
    assert {"Bool": {"aws:SecureTransport": "false"}} in denied


def test_browsers_prove_passwords_and_refresh_tokens_rotate(data: Template) -> None:
    client = data.only("AWS::Cognito::UserPoolClient")
    # The admin flow takes AWS credentials; with rotation, ALLOW_REFRESH_TOKEN_AUTH must not be there.
    assert set(client["ExplicitAuthFlows"]) == {"ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"}
    assert client["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 60}
    assert client["RefreshTokenValidity"] == 30 * 24 * 60
    assert client["EnableTokenRevocation"] is True
    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_accounts_may_have_a_second_factor(data: Template) -> None:
    pool = data.only("AWS::Cognito::UserPool")
    assert pool["MfaConfiguration"] == "OPTIONAL"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]


def test_nobody_makes_an_account_by_themselves_unless_the_stage_says_so(data: Template, stage: StageName) -> None:
    assert STAGES[stage].sign_up is False
    pool = data.only("AWS::Cognito::UserPool")
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["UsernameAttributes"] == ["email"]
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 12


def test_the_bus_has_the_name_that_both_planes_use(data: Template, stage: StageName) -> None:
    assert data.only("AWS::Events::EventBus")["Name"] == f"stream-sync-{stage}"


def test_secrets_are_made_by_aws_and_stand_in_no_template(data: Template) -> None:
    for secret in data.of_type("AWS::SecretsManager::Secret").values():
        assert secret["GenerateSecretString"]["PasswordLength"] >= 48
        assert "SecretString" not in secret


def test_images_cannot_be_overwritten(data: Template) -> None:
    assert data.only("AWS::ECR::Repository")["ImageTagMutability"] == "IMMUTABLE"


def test_the_bucket_of_recordings_lets_in_nobody_by_itself(data: Template) -> None:
    """Who may watch one is known to the nodes, and they have the right from their role."""
    statements = data.only("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert {statement["Effect"] for statement in statements} == {"Deny"}


def test_no_rule_deletes_recordings_that_their_owners_keep(data: Template) -> None:
    """They expire by their rows; S3 cannot tell which are kept."""
    for rule in data.only("AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]:
        assert not {"ExpirationInDays", "ExpirationDate"} & set(rule)


def test_the_stacks_put_out_what_the_chalice_configuration_needs(
    data: Template, ingest: Template, edge: Template
) -> None:
    assert set(FROM_OUTPUT.values()) <= {*data.body["Outputs"], *edge.body["Outputs"]}
    assert "MediaBucket" in data.body["Outputs"]
    assert "IngestUrl" in ingest.body["Outputs"]
