"""The offline judge of IAM policies decides as AWS documents."""

from typing import Any

import pytest

from tests.support.iam import Request, is_allowed

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/t"
KEYS = "kms:EncryptionContextKeys"


def allowed(statement: dict[str, Any], request: Request, *more: dict[str, Any]) -> bool:
    statements = [{"Effect": "Allow"} | one for one in (statement, *more)]
    return is_allowed([{"Statement": statements}], request)


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("dynamodb:GetItem", TABLE, True),
        ("dynamodb:getitem", TABLE, True),  # actions have no case
        ("dynamodb:Get*", "*", True),
        ("dynamodb:GetIte?", TABLE[:-1] + "?", True),
        ("dynamodb:PutItem", TABLE, False),
        ("dynamodb:GetItem", TABLE.upper(), False),
        ("dynamodb:GetItem", TABLE + "/index/i", False),
        ("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:000000000000:table/[t]", False),
    ],
)
def test_actions_and_resources_match_by_wildcards(action: str, resource: str, expected: bool) -> None:
    assert allowed({"Action": action, "Resource": resource}, Request("dynamodb:GetItem", TABLE)) is expected


def test_what_nobody_allows_is_denied() -> None:
    assert not is_allowed([], Request("dynamodb:GetItem", TABLE))


def test_an_explicit_deny_wins_wherever_it_is() -> None:
    everything = {"Action": "*", "Resource": "*"}
    assert not allowed(everything, Request("a:B", "r"), everything | {"Effect": "Deny"})
    assert allowed(everything, Request("a:B", "r"), everything | {"Effect": "Deny", "Action": "a:C"})


def test_exceptions_are_understood() -> None:
    statement = {"NotAction": ["a:B"], "NotResource": ["r"]}
    assert allowed(statement, Request("a:C", "s"))
    assert not allowed(statement, Request("a:B", "s"))
    assert not allowed(statement, Request("a:C", "r"))


@pytest.mark.parametrize(
    ("condition", "found", "expected"),
    [
        ({"StringEquals": {"s3:prefix": ["vod/", "x"]}}, {"s3:prefix": ("vod/",)}, True),
        ({"StringEquals": {"s3:prefix": "vod"}}, {"s3:prefix": ("vod/",)}, False),
        ({"StringEquals": {"s3:prefix": "vod"}}, {}, False),
        ({"StringEqualsIfExists": {"s3:prefix": "vod"}}, {}, True),
        ({"StringLike": {"s3:prefix": ["vod/*"]}}, {"s3:prefix": ("vod/st_1/",)}, True),
        ({"StringLike": {"s3:prefix": ["vod/*"]}}, {"s3:prefix": ("",)}, False),
        ({"Null": {KEYS: "true"}}, {}, True),
        ({"Null": {KEYS: "true"}}, {KEYS: ("a",)}, False),
        ({"ForAllValues:StringEquals": {KEYS: ["a", "b"]}}, {KEYS: ("a",)}, True),
        ({"ForAllValues:StringEquals": {KEYS: ["a", "b"]}}, {KEYS: ("a", "c")}, False),
        ({"ForAllValues:StringEquals": {KEYS: ["a"]}}, {}, True),  # of no value all are
        ({"ForAnyValue:StringEquals": {KEYS: ["a"]}}, {KEYS: ("c", "a")}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, {"aws:SecureTransport": ("true",)}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:*"}}, {"aws:SourceArn": ("arn:aws:ecs:x",)}, True),
    ],
)
def test_conditions(condition: dict[str, Any], found: dict[str, tuple[str, ...]], expected: bool) -> None:
    statement = {"Action": "a:B", "Resource": "*", "Condition": condition}
    assert allowed(statement, Request("a:B", "r", found)) is expected


@pytest.mark.parametrize("part", [{"Principal": "*"}, {"Condition": {"DateLessThan": {"aws:CurrentTime": "x"}}}])
def test_what_the_judge_does_not_know_is_an_error_and_no_decision(part: dict[str, Any]) -> None:
    with pytest.raises(NotImplementedError):
        allowed({"Action": "a:B", "Resource": "*"} | part, Request("a:B", "r"))
