"""Whatever is sent to the running API, sound or not, it answers as `/openapi.json` says."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.generation.case import Case

import app  # noqa: F401 - it registers every route
from chalicelib.api.openapi import document
from tests.contract.openapi.conftest import Target

# Rules that no schema can say: these may answer 400 or 422 to what their schema allows.
FURTHER_RULES = {
    "create_key": "expires_at lies in the future",
    "admin_create_key": "expires_at lies in the future",
    "admin_create_broadcaster": "an Idempotency-Key is for one request",
    "admin_make_webhook": "the URL leads to the public internet",
    "admin_edit_webhook": "the URL leads to the public internet",
    "admin_list_broadcasters": "a cursor comes from the page before",
    "admin_list_keys": "a cursor comes from the page before",
}

schemathesis.openapi.format("ipvanynetwork", st.ip_addresses().map(str))

schema = schemathesis.openapi.from_dict(document())
schema.config.generation.update(with_security_parameters=False)
schema.config.checks.negative_data_rejection.expected_statuses += ["413"]


@schema.parametrize()
@settings(max_examples=15, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_answers_as_documented(case: Case, target: Target) -> None:
    operation = case.operation.definition.raw
    headers = target.headers(operation["security"])
    further = operation["operationId"] in FURTHER_RULES
    target.forgive()
    response = case.call(
        base_url=target.url, headers=headers, session=target.session, allow_redirects=False, timeout=15
    )
    case.validate_response(
        response,
        headers=headers,
        excluded_checks=CHECKS.get_by_names(["positive_data_acceptance"]) if further else None,
    )
