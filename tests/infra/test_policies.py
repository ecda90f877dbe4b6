"""Least privilege, judged on every policy that any template or Chalice file holds."""

import json
from collections.abc import Iterator
from typing import Any

from app import app
from infra.functions import FUNCTIONS
from infra.policies import Place
from infra.render_chalice_config import policies
from infra.stages import STAGE_NAMES, STAGES, StageName
from tests.infra.conftest import ROOT, Package, Template, Templates
from tests.support.iam import Request, is_allowed

# AWS offers no resource to name: a registry login is for the whole registry.
WITHOUT_RESOURCE = {"ecr:GetAuthorizationToken"}
# These name what everybody is refused, or the key's own policy, whose only resource is itself.
OWN_POLICIES = {"AWS::S3::BucketPolicy", "AWS::KMS::Key"}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(template: Template) -> Iterator[dict[str, Any]]:
    for resource in template.body["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] in OWN_POLICIES:
            continue
        for inline in properties.get("Policies", []) if resource["Type"] == "AWS::IAM::Role" else []:
            yield from inline["PolicyDocument"]["Statement"]
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            yield from properties["PolicyDocument"]["Statement"]


def chalice_policies() -> dict[str, dict[str, Any]]:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    return {file: policy for stage in STAGES.values() for file, policy in policies(stage, config).items()}


def all_statements(templates: dict[StageName, Templates], package: Package) -> Iterator[dict[str, Any]]:
    for stage in templates.values():
        for template in stage.all:
            yield from statements(template)
    yield from statements(package.template)
    for policy in chalice_policies().values():
        yield from policy["Statement"]


def test_no_action_is_a_wildcard(templates: dict[StageName, Templates], package: Package) -> None:
    allowed = [a for s in all_statements(templates, package) if s["Effect"] == "Allow" for a in as_list(s["Action"])]
    assert allowed
    assert [action for action in allowed if "*" in action] == []


def test_no_resource_is_everything(templates: dict[StageName, Templates], package: Package) -> None:
    for statement in all_statements(templates, package):
        if "*" in as_list(statement["Resource"]):
            assert set(as_list(statement["Action"])) <= WITHOUT_RESOURCE


def test_nobody_may_delete_or_change_a_table(templates: dict[StageName, Templates], package: Package) -> None:
    actions = {a for s in all_statements(templates, package) for a in as_list(s["Action"])}
    dangerous = {
        a for a in actions if a.split(":")[1].startswith(("DeleteTable", "UpdateTable", "CreateTable", "Put*"))
    }
    assert dangerous == set()


def test_no_managed_policy_is_borrowed(templates: dict[StageName, Templates], package: Package) -> None:
    for template in [package.template, *(t for s in templates.values() for t in s.all)]:
        for role in template.of_type("AWS::IAM::Role").values():
            assert "ManagedPolicyArns" not in role


def test_a_stage_reaches_only_its_own_tables_bus_and_secrets() -> None:
    for name, policy in chalice_policies().items():
        stage = name.split("/")[1]
        for resource in (r for s in policy["Statement"] for r in as_list(s["Resource"]) if ":kms:" not in r):
            assert f"stream-sync-{stage}" in resource


def test_only_the_control_plane_decrypts_stream_keys(ingest: Template) -> None:
    assert not [a for s in statements(ingest) for a in as_list(s["Action"]) if a.startswith("kms:")]


def actions_of(name: str) -> set[str]:
    return {a for s in chalice_policies()[f"policies/dev/{name}.json"]["Statement"] for a in as_list(s["Action"])}


def test_the_authorizer_may_log_and_read_the_secret_that_it_checks_with() -> None:
    """It parses tokens that anybody may have made up."""
    statements = chalice_policies()["policies/dev/broadcaster_auth.json"]["Statement"]
    assert actions_of("broadcaster_auth") == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:GetSecretValue",
    }
    (secrets,) = [s["Resource"] for s in statements if s["Action"] == ["secretsmanager:GetSecretValue"]]
    assert [arn.split(":secret:")[1] for arn in secrets] == ["stream-sync-dev/user-service-??????"]


def test_only_functions_that_check_or_use_a_secret_may_read_it() -> None:
    readers = {function.name: set(function.secrets) for function in FUNCTIONS if function.secrets}
    assert readers == {
        "api_handler": {"admin", "user-service", "hooks", "mediamtx-api", "playback"},
        "broadcaster_auth": {"user-service"},
        "websocket_connect": {"user-service"},
        "on_stream_event": {"mediamtx-api"},
        "reconcile_media_servers": {"mediamtx-api"},
    }
    for function in FUNCTIONS:
        assert ("secretsmanager:GetSecretValue" in actions_of(function.name)) == (function.name in readers)


def test_viewers_messages_change_nothing_but_their_connection() -> None:
    """Anybody may send them."""
    (message,) = [function for function in FUNCTIONS if function.name == "websocket_message"]
    assert set(message.writes) == {"connections", "limits", "watches"}
    assert not {
        a for a in actions_of("websocket_message") if a.startswith(("kms:", "s3:", "secretsmanager:", "events:"))
    }


def test_every_function_of_the_app_has_its_policy() -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    for stage in STAGE_NAMES:
        files = {name: of["iam_policy_file"] for name, of in config["stages"][stage]["lambda_functions"].items()}
        assert files == {function.name: f"policies/{stage}/{function.name}.json" for function in FUNCTIONS}
        assert set(files.values()) <= set(chalice_policies())


def test_the_functions_are_those_of_the_app() -> None:
    sockets = {f"websocket_{name}" for name in ("connect", "message", "disconnect")}
    named = {auth.name for auth in app.builtin_auth_handlers}
    named |= {source.name for source in app.event_sources} | {pure.name for pure in app.pure_lambda_functions}
    assert {function.name for function in FUNCTIONS} == {"api_handler"} | sockets | named


def test_a_function_opens_secrets_of_its_own_kind_only() -> None:
    place, key = Place("aws", "us-east-1", "123456789012"), "arn:aws:kms:us-east-1:123456789012:key/k"

    def may(name: str, action: str, *contexts: str) -> bool:
        (function,) = [one for one in FUNCTIONS if one.name == name]
        policy = function.policy(STAGES["dev"], place, key, "bucket")
        return is_allowed([policy], Request(action, key, {"kms:EncryptionContextKeys": contexts}))

    assert may("on_webhook_event", "kms:Decrypt", "webhook_id")
    assert not may("on_webhook_event", "kms:Decrypt", "channel_id", "key_id")
    assert not may("sweep_webhooks", "kms:Encrypt", "webhook_id")
    assert may("websocket_connect", "kms:Encrypt", "channel_id", "key_id")
    assert not may("websocket_connect", "kms:Decrypt", "channel_id", "key_id")
    assert not may("broadcaster_auth", "kms:Decrypt", "channel_id", "key_id")
