"""What Chalice cannot say, merged into the template that it packages (`chalice package --merge-template`).

In the same template rather than in a stack of its own, because each part needs what Chalice makes in it:
- problem details for what API Gateway answers by itself: in the API's definition, so that the deployment of the API
  that Chalice makes contains them (responses added from outside stay dead until somebody deploys the API again);
- the bus rules and their permissions: `on_cw_event` knows only the default bus;
- the WebSocket management URL, and the right to use it, of the very WebSocket API that the template makes;
- secrets, by reference: CloudFormation reads them from Secrets Manager, they are in no file.
"""

from typing import Any

from chalicelib.api.gateway_responses import GATEWAY_RESPONSES, MEDIA_TYPE, GatewayResponse
from chalicelib.api.security_headers import HSTS, NO_SNIFF
from chalicelib.domain.webhooks import OFFERED
from infra.stages import Stage

Resource = dict[str, Any]

# Chalice's own logical ids.
REST_API = "RestAPI"
WEBSOCKET_API = "WebsocketAPI"
WEBSOCKET_STAGE = "WebsocketAPIStage"
REST_FUNCTION = "APIHandler"
AUTHORIZER_FUNCTION = "BroadcasterAuth"  # `broadcaster_auth`
CONNECT_FUNCTION = "WebsocketConnect"
EVENT_FUNCTION = "OnStreamEvent"  # `on_stream_event`
RECONCILE_FUNCTION = "ReconcileMediaServers"  # `reconcile_media_servers`
WEBHOOK_FUNCTION = "OnWebhookEvent"  # `on_webhook_event`

# Per second, for all WebSockets together: beyond it API Gateway rejects handshakes and messages without invoking
# a function. Each connection has its own, much smaller limit, in `services.limits`.
WEBSOCKET_THROTTLE = {"ThrottlingRateLimit": 1_000, "ThrottlingBurstLimit": 2_000}

# The functions that write to open WebSockets or close them: for events, for messages of dashboards, for administrators.
PUSHERS = (EVENT_FUNCTION, "WebsocketMessage", REST_FUNCTION)

ROTATED = "Rotated"

# The name of the API's stage (`api_gateway_stage`). A reference to the WebSocket API's stage would be circular: it
# needs the routes, they need the functions, and these are told its URL.
API_STAGE = "api"

# Answers of the local gateway that API Gateway has no type for.
LOCAL_ONLY = frozenset({"METHOD_NOT_ALLOWED"})

# Outdated status events are useless (a dashboard that reconnects gets a snapshot), so they are not retried for the
# usual 24 hours.
STATUS_RETRY = {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 3}
# The schedule cleans up after a stopped task within a minute; a late event does no harm.
TASK_RETRY = {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10}
# Other systems rely on webhooks: an event is retried for a day until its deliveries are stored. The bus sends it to a
# queue, because Lambda gives up an asynchronous invocation after three attempts within three minutes. A failed message
# is retried after six times the function's timeout, as Lambda recommends.
A_DAY_S = 86_400
WEBHOOK_RETRY = {"MaximumEventAgeInSeconds": A_DAY_S, "MaximumRetryAttempts": 185}
WEBHOOK_AGAIN_S = 300
WEBHOOK_QUEUE = "WebhookEvents"


def chalice_extras(stage: Stage) -> dict[str, Any]:
    """The merge template of one stage, as JSON-ready data."""
    definition = {"x-amazon-apigateway-gateway-responses": _gateway_responses()}
    return {
        # CloudFormation reads a secret again only where something else of the function changed: this.
        "Parameters": {ROTATED: {"Type": "String", "Default": "never", "Description": "When secrets were rotated"}},
        "Resources": {
            REST_API: {"Properties": {"DefinitionBody": definition}},
            **_environments(stage),
            # Chalice's own template names a function here that it calls otherwise.
            "ApiHandlerLogGroup": {"Properties": {"LogGroupName": {"Fn::Sub": f"/aws/lambda/${{{REST_FUNCTION}}}"}}},
            WEBSOCKET_STAGE: {"Properties": {"DefaultRouteSettings": WEBSOCKET_THROTTLE}},
            "WebsocketPush": _websocket_push(),
            **_rule(
                "StreamNews",
                EVENT_FUNCTION,
                STATUS_RETRY,
                EventBusName=stage.prefix,
                Description="All events of both planes, for open dashboards",
                EventPattern={"source": [{"prefix": "stream-sync."}]},
            ),
            **_webhook_events(stage),
            **_rule(
                "IngestTaskStopped",
                EVENT_FUNCTION,
                TASK_RETRY,
                Description="An ingest task stopped: its streams may have to be ended",
                EventPattern={
                    "source": ["aws.ecs"],
                    "detail-type": ["ECS Task State Change"],
                    "detail": {
                        "lastStatus": ["STOPPED"],
                        "clusterArn": [
                            {
                                "Fn::Sub": "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:cluster/"
                                + stage.prefix
                            }
                        ],
                    },
                },
            ),
        },
    }


def _environments(stage: Stage) -> dict[str, Resource]:
    """What functions need beside `.chalice/config.json`; secrets only where they are checked."""
    url = {"Fn::Sub": f"https://${{{WEBSOCKET_API}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{API_STAGE}"}
    rotated = {"STREAM_SYNC_SECRETS_ROTATED": {"Ref": ROTATED}}
    users = {"STREAM_SYNC_SECRET_KEY": _secret(stage, "user-service"), **rotated}
    mediamtx = {"STREAM_SYNC_MEDIAMTX_API_SECRET": _secret(stage, "mediamtx-api"), **rotated}
    playback = {"STREAM_SYNC_PLAYBACK_SECRETS": _secret(stage, "playback"), **rotated}
    administration = {
        "STREAM_SYNC_ADMIN_SECRETS": _secret(stage, "admin"),
        "STREAM_SYNC_HOOK_SECRETS": _secret(stage, "hooks"),
        **users,  # administrators' tokens: their routes take a secret as well, which no authorizer could see
        **mediamtx,
    }
    variables: dict[str, dict[str, Any]] = {
        AUTHORIZER_FUNCTION: users,
        CONNECT_FUNCTION: users,
        RECONCILE_FUNCTION: mediamtx,
        **{function: {"STREAM_SYNC_WS_MANAGEMENT_URL": url} for function in PUSHERS},
    }
    variables[REST_FUNCTION] |= administration | playback
    variables[EVENT_FUNCTION] |= mediamtx  # it kicks publishers that were ordered to stop
    return {function: {"Properties": {"Environment": {"Variables": values}}} for function, values in variables.items()}


def _secret(stage: Stage, noun: str) -> str:
    """Resolved by CloudFormation at deployment. (`chalice deploy` would pass the text on: use the template.)"""
    return f"{{{{resolve:secretsmanager:{stage.secret(noun)}}}}}"


def _gateway_responses() -> dict[str, Any]:
    return {kind: _gateway_response(answer) for kind, answer in GATEWAY_RESPONSES.items() if kind not in LOCAL_ONLY}


def _gateway_response(answer: GatewayResponse) -> dict[str, Any]:
    return {
        "statusCode": str(answer.status),
        "responseTemplates": {"application/json": answer.template},
        "responseParameters": {
            "gatewayresponse.header.Content-Type": f"'{MEDIA_TYPE}'",
            "gatewayresponse.header.Cache-Control": "'no-store'",
            **{f"gatewayresponse.header.{name}": f"'{value}'" for name, value in (NO_SNIFF | HSTS).items()},
            # Errors contain no personal data: any origin may read why a request was refused.
            "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
        },
    }


def _websocket_push() -> Resource:
    """The right to send to, and to close, connections of this WebSocket API and stage."""
    return {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": "websocket-push",
            "Roles": [{"Ref": f"{function}Role"} for function in PUSHERS],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": ["execute-api:ManageConnections"],
                        "Resource": [
                            {
                                "Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
                                f"${{{WEBSOCKET_API}}}/{API_STAGE}/*/@connections/*"
                            }
                        ],
                    }
                ],
            },
        },
    }


def _rule(name: str, target: str, retry: dict[str, int], **properties: Any) -> dict[str, Resource]:
    """A rule that calls a function, and its permission to."""
    return {
        name: _to(target, retry, **properties),
        f"{name}Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": _arn(target),
                "Principal": "events.amazonaws.com",
                "SourceArn": _arn(name),
            },
        },
    }


def _webhook_events(stage: Stage) -> dict[str, Resource]:
    """A rule that fills the queue, and the function that takes one event at a time from it."""
    rule = _to(
        WEBHOOK_QUEUE,
        WEBHOOK_RETRY,
        EventBusName=stage.prefix,
        Description="Events for webhooks",
        EventPattern={"source": [{"prefix": "stream-sync."}], "detail-type": [*OFFERED, "Webhook Deliveries Due"]},
    )
    send = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": _arn(WEBHOOK_QUEUE),
        "Condition": {"ArnEquals": {"aws:SourceArn": _arn("WebhookNews")}},
    }
    take = {
        "Effect": "Allow",
        "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        "Resource": [_arn(WEBHOOK_QUEUE)],
    }
    taken = f"{WEBHOOK_QUEUE}Taken"
    return {
        "WebhookNews": rule,
        WEBHOOK_QUEUE: {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "MessageRetentionPeriod": A_DAY_S,
                "VisibilityTimeout": WEBHOOK_AGAIN_S,
                "SqsManagedSseEnabled": True,
            },
        },
        f"{WEBHOOK_QUEUE}Sent": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": WEBHOOK_QUEUE}],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [send]},
            },
        },
        taken: {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": "webhook-events",
                "Roles": [{"Ref": f"{WEBHOOK_FUNCTION}Role"}],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [take]},
            },
        },
        f"{WEBHOOK_QUEUE}Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "DependsOn": [taken],  # Lambda looks whether the function may
            "Properties": {
                "EventSourceArn": _arn(WEBHOOK_QUEUE),
                "FunctionName": {"Ref": WEBHOOK_FUNCTION},
                "BatchSize": 1,
            },
        },
    }


def _to(target: str, retry: dict[str, int], **properties: Any) -> Resource:
    """A rule that gives to a function or queue."""
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {**properties, "Targets": [{"Id": target, "Arn": _arn(target), "RetryPolicy": retry}]},
    }


def _arn(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


__all__ = ["API_STAGE", "chalice_extras"]
