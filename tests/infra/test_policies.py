"""Least privilege, judged on every policy that any template or Chalice file holds."""

import json
from collections.abc import Iterator
from typing import Any

from infra.stages import STAGE_NAMES, StageName
from tests.infra.conftest import ROOT, Package, Template, Templates

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
    return {path.name: json.loads(path.read_text()) for path in (ROOT / ".chalice").glob("policy-*.json")}


def all_statements(templates: dict[StageName, Templates], package: Package) -> Iterator[dict[str, Any]]:
    for stage in templates.values():
        yield from statements(stage.data)
        yield from statements(stage.ingest)
        yield from statements(stage.edge)
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
    for template in [package.template, *(t for s in templates.values() for t in (s.data, s.ingest, s.edge))]:
        for role in template.of_type("AWS::IAM::Role").values():
            assert "ManagedPolicyArns" not in role


def test_a_stage_reaches_only_its_own_tables_and_bus() -> None:
    for name, policy in chalice_policies().items():
        stage = name.removesuffix(".json").split("-")[1]
        for resource in (r for s in policy["Statement"] for r in as_list(s["Resource"]) if ":kms:" not in r):
            assert f"stream-sync-{stage}" in resource


def test_only_the_control_plane_decrypts_stream_keys(ingest: Template) -> None:
    assert not [a for s in statements(ingest) for a in as_list(s["Action"]) if a.startswith("kms:")]


def test_the_authorizer_may_only_log(package: Package) -> None:
    (inline,) = package.template.of_type("AWS::IAM::Role")["BroadcasterAuthRole"]["Policies"]
    policy = inline["PolicyDocument"]
    assert {a.split(":")[0] for s in policy["Statement"] for a in as_list(s["Action"])} == {"logs"}


def test_every_deployable_stage_has_its_policies() -> None:
    assert set(chalice_policies()) == {
        f"policy-{stage}{suffix}.json" for stage in STAGE_NAMES for suffix in ("", "-authorizer")
    }
