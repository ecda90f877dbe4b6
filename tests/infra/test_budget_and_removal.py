"""What a stage may cost, what outlives its stacks, and by which tags its parts are found."""

from typing import Any

import pytest

from infra.stages import StageName
from tests.infra.conftest import Template, Templates

# What CloudFormation cannot tag, or what has nothing that is billed.
KEPT = {"AWS::DynamoDB::GlobalTable", "AWS::KMS::Key", "AWS::SecretsManager::Secret", "AWS::Cognito::UserPool"}


def test_a_budget_warns_before_it_is_spent(data: Template) -> None:
    budget = data.only("AWS::Budgets::Budget")
    assert data.body["Resources"]["Budget"]["Condition"] == "HasBudget"
    assert data.body["Parameters"]["BudgetEmail"]["Default"] == ""
    limit = budget["Budget"]
    assert (limit["BudgetType"], limit["TimeUnit"]) == ("COST", "MONTHLY")
    assert limit["BudgetLimit"] == {"Amount": {"Ref": "MonthlyBudget"}, "Unit": "USD"}
    told = {
        (one["Notification"]["NotificationType"], one["Notification"]["Threshold"])
        for one in budget["NotificationsWithSubscribers"]
    }
    assert told == {("ACTUAL", 80), ("FORECASTED", 100)}


def test_the_budget_counts_what_carries_the_stages_tag(data: Template, stage: StageName) -> None:
    assert data.only("AWS::Budgets::Budget")["Budget"]["CostFilters"] == {"TagKeyValue": [f"user:stage${stage}"]}


def test_nothing_is_kept_of_a_deployment_that_failed(templates: dict[StageName, Templates]) -> None:
    policies = {
        resource.get("DeletionPolicy")
        for stage in templates.values()
        for template in stage.all
        for resource in template.body["Resources"].values()
    }
    assert policies == {None, "Delete", "RetainExceptOnCreate"}


def test_prod_keeps_its_data_when_the_stack_goes(templates: dict[StageName, Templates]) -> None:
    for resource in templates["prod"].data.body["Resources"].values():
        if resource["Type"] in KEPT:
            assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
            assert resource["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("kind", sorted(KEPT | {"AWS::S3::Bucket", "AWS::ECR::Repository", "AWS::ECS::Service"}))
def test_what_is_billed_carries_the_stages_tags(
    templates: dict[StageName, Templates], stage: StageName, kind: str
) -> None:
    found = [one for template in templates[stage].all for one in template.of_type(kind).values()]
    assert found
    for properties in found:
        assert tags(properties) >= {("application", "stream-sync"), ("stage", stage)}


def tags(properties: dict[str, Any]) -> set[tuple[str, str]]:
    found = properties.get("Tags") or properties.get("UserPoolTags") or properties["Replicas"][0]["Tags"]
    if isinstance(found, dict):
        return set(found.items())
    return {(one["Key"], one["Value"]) for one in found}


def test_the_key_of_stream_keys_is_never_used_without_saying_whose_they_are(data: Template) -> None:
    statements = data.only("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    (denied,) = [one for one in statements if one["Effect"] == "Deny"]
    assert denied["Principal"] == {"AWS": "*"}
    assert set(denied["Action"]) == {"kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"}
    assert denied["Condition"] == {"Null": {"kms:EncryptionContextKeys": "true"}}
