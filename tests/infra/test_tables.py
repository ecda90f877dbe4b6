"""The tables that CDK makes are the tables that the store uses."""

from typing import Any

import pytest
from pynamodb.models import Model

from chalicelib.store.models import TABLES
from infra import tables
from infra.stages import StageName
from tests.infra.conftest import Template

TABLE = "AWS::DynamoDB::GlobalTable"


def name_without_stage(name: str) -> str:
    return name.split("-", 3)[3]


def expected(model: type[Model]) -> dict[str, Any]:
    """A pynamodb model as CloudFormation would say it."""
    wanted = model._get_schema()  # what `Model.create_table` sends
    return {
        "key": sorted((k["AttributeName"], k["KeyType"]) for k in wanted["key_schema"]),
        "attributes": {a["AttributeName"]: a["AttributeType"] for a in wanted["attribute_definitions"]},
        "indexes": {
            index["index_name"]: (
                sorted((k["AttributeName"], k["KeyType"]) for k in index["key_schema"]),
                index["projection"]["ProjectionType"],
            )
            for index in wanted["global_secondary_indexes"]
        },
        "ttl": getattr(model.Meta, "ttl_attribute", None),
        "billing": model.Meta.billing_mode,
    }


def actual(table: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": sorted((k["AttributeName"], k["KeyType"]) for k in table["KeySchema"]),
        "attributes": {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]},
        "indexes": {
            index["IndexName"]: (
                sorted((k["AttributeName"], k["KeyType"]) for k in index["KeySchema"]),
                index["Projection"]["ProjectionType"],
            )
            for index in table.get("GlobalSecondaryIndexes", [])
        },
        "ttl": table["TimeToLiveSpecification"]["AttributeName"]
        if table.get("TimeToLiveSpecification", {}).get("Enabled")
        else None,
        "billing": table["BillingMode"],
    }


def test_every_model_has_its_table_and_every_table_its_model(data: Template) -> None:
    made = {name_without_stage(table["TableName"]) for table in data.of_type(TABLE).values()}
    used = {name_without_stage(model.Meta.table_name) for model in TABLES}
    assert made == used == {table.name for table in tables.TABLES}


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_keys_indexes_ttl_and_billing_agree(data: Template, model: type[Model]) -> None:
    noun = name_without_stage(model.Meta.table_name)
    (table,) = [t for t in data.of_type(TABLE).values() if name_without_stage(t["TableName"]) == noun]
    assert actual(table) == expected(model)


def test_names_carry_the_stage(data: Template, stage: StageName) -> None:
    assert all(t["TableName"].startswith(f"stream-sync-{stage}-") for t in data.of_type(TABLE).values())


def test_every_table_can_be_restored_to_any_second(data: Template) -> None:
    for table in data.of_type(TABLE).values():
        (replica,) = table["Replicas"]
        assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def test_only_in_prod_tables_are_kept_and_protected(data: Template, stage: StageName) -> None:
    for resource in data.body["Resources"].values():
        if resource["Type"] == TABLE:
            policies = (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
            kept = policies == ("RetainExceptOnCreate", "Retain")
            (replica,) = resource["Properties"]["Replicas"]
            assert kept is replica["DeletionProtectionEnabled"] is (stage == "prod")
