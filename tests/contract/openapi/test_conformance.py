"""Whatever is sent to the running API, sound or not, it answers as `/openapi.json` says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case

import app  # noqa: F401 - it registers every route
from chalicelib.api.openapi.document import document
from chalicelib.api.routing import ADMIN, BROADCASTER, MEDIA_SERVER
from tests.contract.openapi.conftest import Target

# Rules that no schema can say: these may answer 400 or 422 to what their schema allows.
FURTHER_RULES = {
    "create_key": "expires_at lies in the future",
    "admin_create_key": "expires_at lies in the future",
    "edit_key": "expires_at lies in the future",
    "admin_create_broadcaster": "an Idempotency-Key is for one request",
    "plan_broadcast": "the start lies in the next year, and the time zone exists",
    "edit_broadcast": "the start lies in the next year, and the time zone exists",
    "ome": "1.0 is no port, though JSON Schema takes it for an integer",
    "admin_create_webhook": "the URL leads to the public internet",
    "admin_edit_webhook": "the URL leads to the public internet",
    "admin_list_actions": "a cursor comes from the page before",
    "admin_list_broadcasters": "a cursor comes from the page before",
    "admin_list_keys": "a cursor comes from the page before",
    "admin_list_streams_of_broadcaster": "a cursor comes from the page before",
    "admin_list_refusals": "a cursor comes from the page before",
    "get_samples": "a cursor comes from the page before",
    "admin_get_stream_samples": "a cursor comes from the page before",
    "get_timeline": "a cursor comes from the page before",
    "list_own_refusals": "a cursor comes from the page before",
}
# Derandomized: the same requests in every run.
BOUNDED: dict[str, Any] = {"derandomize": True, "deadline": None, "database": None}
ALL_HEALTH_CHECKS = list(HealthCheck)

schemathesis.openapi.format("ipvanynetwork", st.ip_addresses().map(str))

schema = schemathesis.openapi.from_dict(document())
schema.config.generation.update(with_security_parameters=False)
schema.config.checks.negative_data_rejection.expected_statuses += ["413"]  # of a body that is too large


@pytest.mark.requirement("SO-16")
@schema.parametrize()
@settings(max_examples=10, suppress_health_check=ALL_HEALTH_CHECKS, **BOUNDED)
def test_any_request_is_answered_as_documented(case: Case[Any], target: Target) -> None:
    ends_the_user = case.operation.definition.raw["operationId"] == "delete_account"
    if check(case, target).status_code == 409 or ends_the_user:  # what comes after it would all look the same
        target.make_room()


@pytest.mark.requirement("SO-16")
@schema.include(path_regex="{").parametrize()
@settings(max_examples=3, suppress_health_check=ALL_HEALTH_CHECKS, **BOUNDED)
def test_so_are_requests_about_what_is_there(case: Case[Any], target: Target, known_ids: dict[str, str]) -> None:
    case.path_parameters = {name: known_ids[name] for name in case.path_parameters}
    check(case, target)


def check(case: Case[Any], target: Target) -> Response:
    operation = case.operation.definition.raw
    headers = target.headers(operation["security"])
    further = operation["operationId"] in FURTHER_RULES
    target.forgive()
    response = case.call(
        base_url=target.url, headers=headers, session=target.session, allow_redirects=False, timeout=15
    )
    excluded: Any = CHECKS.get_by_names(["positive_data_acceptance"]) if further else None
    case.validate_response(response, headers=headers, excluded_checks=excluded)
    return response


@pytest.fixture(scope="module")
def known_ids(target: Target) -> dict[str, str]:
    """One of each thing that a path can name."""
    target.forgive()
    target.make_room()
    made = target.call("POST", "/api/channel/credentials/reset", BROADCASTER).json()
    publisher = {"clientid": "known", "name": made["stream_key"], "call": "publish"}
    for change in ("publish", "publish_done"):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        target.call("POST", f"/hooks/nginx-rtmp/{change}", MEDIA_SERVER, data=publisher, headers=form)
    channel = target.call("GET", "/api/channel", BROADCASTER).json()
    stream = target.call("GET", "/api/streams", BROADCASTER).json()["streams"][-1]
    further = target.call("POST", "/api/channel/keys", BROADCASTER, json={}).json()
    webhook = target.call("POST", "/api/admin/webhooks", ADMIN, json={"url": "https://example.com/"}).json()
    start = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    planned = {"title": "Next", "starts_at": start, "minutes": 60, "time_zone": "UTC"}
    broadcast = target.call("POST", "/api/channel/schedule", BROADCASTER, json=planned).json()
    return {
        "broadcast_id": broadcast["broadcast_id"],
        "broadcaster_id": channel["channel_id"],
        "channel_id": channel["channel_id"],
        "event_id": stream["id"],
        "key_id": further["key_id"],
        "key_or_id": stream["id"],
        "node_id": "local-1",
        "stream_id": stream["id"],
        "webhook_id": webhook["webhook_id"],
    }
