"""The API's edge: what calls the functions, for how long an event is kept, and where it goes in the end."""

import json
from typing import Any

import pytest

from chalicelib.domain.events import EVENT_TYPES, EventName, HealthEventName, RecordingEventName
from chalicelib.domain.webhooks import EVENT_NAMES
from infra.functions import API_STAGE, PUSHERS, SCHEDULED
from infra.stages import STAGES, StageName
from tests.infra.conftest import ROOT, Template

CONFIG = json.loads((ROOT / ".chalice" / "config.json").read_text())


def the(found: dict[str, Any], prefix: str) -> tuple[str, dict[str, Any]]:
    """The one resource whose logical id begins so: CDK adds a hash."""
    ((name, properties),) = [(name, value) for name, value in found.items() if name.startswith(prefix)]
    return name, properties


def queue_arn(api_edge: Template, prefix: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [the(api_edge.of_type("AWS::SQS::Queue"), prefix)[0], "Arn"]}


def test_events_of_both_planes_reach_their_function_for_a_minute(api_edge: Template, stage: StageName) -> None:
    rules = api_edge.of_type("AWS::Events::Rule")
    name, rule = the(rules, "StatusEvents")
    assert rule["EventBusName"] == STAGES[stage].prefix
    assert rule["EventPattern"] == {"source": [{"prefix": "stream-sync."}]}
    _, stopped = the(rules, "IngestTaskStopped")
    assert stopped["EventPattern"]["detail"]["lastStatus"] == ["STOPPED"]
    function, dead = {"Ref": "OnStreamEventArn"}, queue_arn(api_edge, "DeadEvents")
    for one in (rule, stopped):
        (target,) = one["Targets"]
        assert (target["Arn"], target["DeadLetterConfig"]) == (function, {"Arn": dead})
    assert rule["Targets"][0]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 3}
    permitted = {
        json.dumps(permission["SourceArn"])
        for permission in api_edge.of_type("AWS::Lambda::Permission").values()
        if (permission["FunctionName"], permission["Principal"]) == (function, "events.amazonaws.com")
    }
    assert json.dumps({"Fn::GetAtt": [name, "Arn"]}) in permitted
    assert len(permitted) == 2


def test_lambda_drops_outdated_events_instead_of_retrying_them_for_hours(api_edge: Template) -> None:
    configs = api_edge.of_type("AWS::Lambda::EventInvokeConfig")
    assert len(configs) == 1 + len(SCHEDULED)
    assert {config["MaximumEventAgeInSeconds"] for config in configs.values()} == {60}
    _, status = the(configs, "OnStreamEvent")
    assert status["DestinationConfig"] == {"OnFailure": {"Destination": queue_arn(api_edge, "DeadEvents")}}
    scheduled = [config for name, config in configs.items() if not name.startswith("OnStreamEvent")]
    assert {config["MaximumRetryAttempts"] for config in scheduled} == {0}, "the next minute's run is the retry"


@pytest.mark.requirement("FX-10")
def test_every_event_that_webhooks_offer_is_kept_for_a_day_until_their_function_took_it(api_edge: Template) -> None:
    """In a queue: a function that the bus itself calls is tried three times within three minutes, and no more."""
    rule_name, rule = the(api_edge.of_type("AWS::Events::Rule"), "WebhookRule")
    told = set(rule["EventPattern"]["detail-type"])
    assert told <= set(EVENT_TYPES)
    named = {name.value: "Stream State Change" for name in EventName}
    named |= {name.value: "Recording State Change" for name in RecordingEventName}
    named |= {name.value: "Stream Health Change" for name in HealthEventName}
    offered = {named.get(name, name) for name in EVENT_NAMES}
    assert told == offered | {"Webhook Deliveries Due"}
    (target,) = rule["Targets"]
    queue, dead = queue_arn(api_edge, "WebhookEvents"), queue_arn(api_edge, "DeadWebhookEvents")
    assert (target["Arn"], target["RetryPolicy"]["MaximumEventAgeInSeconds"]) == (queue, 86_400)
    sends = [
        statement
        for policy in api_edge.of_type("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow" and statement["Resource"] == queue
    ]
    assert [statement["Principal"] for statement in sends] == [{"Service": "events.amazonaws.com"}]
    assert sends[0]["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [rule_name, "Arn"]}}}

    mapping = api_edge.only("AWS::Lambda::EventSourceMapping")
    assert mapping["EventSourceArn"] == queue
    assert mapping["BatchSize"] == 1, "one event that fails holds up no other"
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 20}, "slow receivers leave the account's functions alone"
    _, kept = the(api_edge.of_type("AWS::SQS::Queue"), "WebhookEvents")
    assert kept["MessageRetentionPeriod"] == 86_400
    assert kept["VisibilityTimeout"] >= 6 * CONFIG["lambda_functions"]["on_webhook_event"]["lambda_timeout"]
    redrive = kept["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == dead
    tried_for = redrive["maxReceiveCount"] * kept["VisibilityTimeout"]
    assert 0.95 * 86_400 < tried_for < 86_400, "a message that reached its age would vanish instead"


def test_dead_letters_are_kept_as_long_as_sqs_can(api_edge: Template) -> None:
    for prefix in ("DeadEvents", "DeadWebhookEvents"):
        assert the(api_edge.of_type("AWS::SQS::Queue"), prefix)[1]["MessageRetentionPeriod"] == 14 * 86_400


def test_functions_find_the_websocket_api_and_only_some_may_push(api_edge: Template, stage: StageName) -> None:
    parameter = api_edge.only("AWS::SSM::Parameter")
    environment = CONFIG["stages"][stage]["environment_variables"]
    assert parameter["Name"] == environment["STREAM_SYNC_WS_MANAGEMENT_PARAMETER"]
    parts = parameter["Value"]["Fn::Join"][1]
    assert (parts[0], parts[1], parts[-1]) == ("https://", {"Ref": "WebsocketApiId"}, f"/{API_STAGE}")
    assert CONFIG["api_gateway_stage"] == API_STAGE
    _, push = the(api_edge.of_type("AWS::IAM::Policy"), "WebsocketPush")
    (statement,) = push["PolicyDocument"]["Statement"]
    assert statement["Action"] == "execute-api:ManageConnections"
    assert {role["Ref"] for role in push["Roles"]} == {f"{function.logical_id}Role" for function in PUSHERS}
    assert {function.name for function in PUSHERS} == {"api_handler", "on_stream_event", "websocket_message"}


def test_its_rights_are_attached_to_the_functions_that_need_them(api_edge: Template) -> None:
    policies = api_edge.of_type("AWS::IAM::Policy")
    _, take = the(policies, "TakeWebhookEvents")
    assert take["Roles"] == [{"Ref": "OnWebhookEventRole"}]
    _, leave = the(policies, "OnStreamEventDeadLetters")
    assert leave["Roles"] == [{"Ref": "OnStreamEventRole"}]
