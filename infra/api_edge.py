"""The API's own edge: what belongs to the functions that Chalice deploys, and what Chalice has no words for.

    bus --> rule --> on_stream_event           dashboards; retried for a minute, then a dead letter
    bus --> rule --> queue --> on_webhook_event  kept for a day, then a dead letter
    ECS --> rule --> on_stream_event           a task stopped

Deployed after `chalice deploy`, with the ARNs and ids of what that made as parameters (`infra.deploy.chalice`). The
answers of API Gateway itself and the WebSockets' throttle are settings of Chalice's own resources, which no other stack
can hold: `infra.deploy.gateway` makes them.
"""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm

from chalicelib.domain.webhooks import OFFERED
from infra.functions import (
    API_STAGE,
    FUNCTIONS,
    PUSHERS,
    SCHEDULED,
    STREAM_EVENT,
    WEBHOOK_EVENT,
    WEBSOCKET_API_ID,
    arn_parameter,
    role_parameter,
)
from infra.stages import Stage

A_DAY_S = 86_400
DEAD_LETTERS_DAYS = 14  # the most that SQS keeps a message

# Outdated status events are useless (a dashboard that reconnects gets a snapshot), so neither the bus nor Lambda
# retries them for the usual hours.
STATUS_AGE_S = 60
# The schedule cleans up after a stopped task within a minute; a late event does no harm.
TASK_AGE_S = 3600
# Other systems rely on webhooks: an event is retried for a day until its deliveries are stored. The bus sends it to a
# queue, because Lambda gives up an asynchronous invocation after three attempts. A failed message is retried after six
# times the function's timeout, as Lambda recommends.
WEBHOOK_AGAIN_S = 300
WEBHOOK_ATTEMPTS = A_DAY_S // WEBHOOK_AGAIN_S - 8  # the last one is before the message is a day old
# Receivers are strangers' servers and may be slow: of the account's concurrent functions they take this many at most.
WEBHOOK_CONCURRENCY = 20
_BY_NAME = {function.name: function for function in FUNCTIONS}


class ApiEdgeStack(cdk.Stack):
    """Parameters: `WebsocketApiId`, the ARN of each function that events call, the role of each that needs a right."""

    def __init__(self, scope: cdk.App, stage: Stage, synthesizer: cdk.IStackSynthesizer) -> None:
        super().__init__(
            scope,
            stage.stack("api-edge"),
            synthesizer=synthesizer,
            description=f"stream-sync {stage.name}: event rules, queues and rights of the functions",
        )
        self._stage = stage
        self._functions: dict[str, lambda_.IFunction] = {}
        self._roles: dict[str, iam.IRole] = {}
        self._websockets()
        self._bus = events.EventBus.from_event_bus_name(self, "Bus", stage.prefix)
        self._dead_events = self._dead_letters("DeadEvents", "dead-events")
        self._status_events()
        self._stopped_tasks()
        self._webhook_events()
        for name in SCHEDULED:
            self._invocations(name, attempts=0)

    def _websockets(self) -> None:
        """Where the functions find the WebSocket API, and their right to push over it and to close its connections."""
        api = cdk.CfnParameter(
            self, WEBSOCKET_API_ID, description="The WebSocket API of Chalice", allowed_pattern="^[a-z0-9]{4,20}$"
        ).value_as_string
        ssm.StringParameter(
            self,
            "ManagementUrl",
            parameter_name=self._stage.websocket_parameter,
            string_value=f"https://{api}.execute-api.{self.region}.{self.url_suffix}/{API_STAGE}",
            description="Where functions send messages to open WebSockets",
        )
        connections = self.format_arn(
            service="execute-api", resource=api, resource_name=f"{API_STAGE}/*/@connections/*"
        )
        push = iam.Policy(
            self,
            "WebsocketPush",
            statements=[iam.PolicyStatement(actions=["execute-api:ManageConnections"], resources=[connections])],
        )
        for function in PUSHERS:
            push.attach_to_role(self._role(function.name))

    def _status_events(self) -> None:
        rule = events.Rule(
            self,
            "StatusEvents",
            event_bus=self._bus,
            description="All events of both planes, for open dashboards",
            event_pattern=events.EventPattern(source=events.Match.prefix("stream-sync.")),
        )
        rule.add_target(self._target(STREAM_EVENT, STATUS_AGE_S, attempts=3))
        self._invocations(STREAM_EVENT, attempts=2, dead_letters=self._dead_events)

    def _stopped_tasks(self) -> None:
        cluster = self.format_arn(service="ecs", resource="cluster", resource_name=self._stage.prefix)
        rule = events.Rule(
            self,
            "IngestTaskStopped",
            description="An ingest task stopped: its streams may have to be ended",
            event_pattern=events.EventPattern(
                source=["aws.ecs"],
                detail_type=["ECS Task State Change"],
                detail={"lastStatus": ["STOPPED"], "clusterArn": [cluster]},
            ),
        )
        rule.add_target(self._target(STREAM_EVENT, TASK_AGE_S, attempts=10))

    def _webhook_events(self) -> None:
        """A rule that fills the queue, and the function that takes one event at a time from it."""
        dead = self._dead_letters("DeadWebhookEvents", "dead-webhook-events")
        queue = sqs.Queue(
            self,
            "WebhookEvents",
            queue_name=f"{self._stage.prefix}-webhook-events",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.seconds(A_DAY_S),
            visibility_timeout=cdk.Duration.seconds(WEBHOOK_AGAIN_S),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=WEBHOOK_ATTEMPTS),
        )
        rule = events.Rule(
            self,
            "WebhookRule",
            event_bus=self._bus,
            description="Events for webhooks",
            event_pattern=events.EventPattern(
                source=events.Match.prefix("stream-sync."), detail_type=[*OFFERED, "Webhook Deliveries Due"]
            ),
        )
        rule.add_target(
            targets.SqsQueue(
                queue,
                dead_letter_queue=dead,
                max_event_age=cdk.Duration.seconds(A_DAY_S),
                retry_attempts=185,
            )
        )
        take = iam.Policy(
            self,
            "TakeWebhookEvents",
            statements=[
                iam.PolicyStatement(
                    actions=["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                    resources=[queue.queue_arn],
                )
            ],
        )
        take.attach_to_role(self._role(WEBHOOK_EVENT))
        mapping = lambda_.EventSourceMapping(
            self,
            "WebhookEventsMapping",
            target=self._function(WEBHOOK_EVENT),
            event_source_arn=queue.queue_arn,
            batch_size=1,  # one event that fails holds up no other
            max_concurrency=WEBHOOK_CONCURRENCY,
        )
        mapping.node.add_dependency(take)  # Lambda looks whether the function may

    def _invocations(self, name: str, *, attempts: int, dead_letters: sqs.Queue | None = None) -> None:
        """How long Lambda keeps an event for the function, and where it leaves one that failed."""
        config = lambda_.CfnEventInvokeConfig(
            self,
            f"{_BY_NAME[name].logical_id}Invocations",
            function_name=self._function(name).function_arn,
            qualifier="$LATEST",
            maximum_event_age_in_seconds=STATUS_AGE_S,
            maximum_retry_attempts=attempts,
        )
        if dead_letters is None:
            return
        config.destination_config = lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
            on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=dead_letters.queue_arn)
        )
        leave = iam.Policy(
            self,
            f"{_BY_NAME[name].logical_id}DeadLetters",
            statements=[iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[dead_letters.queue_arn])],
        )
        leave.attach_to_role(self._role(name))
        config.node.add_dependency(leave)

    def _target(self, name: str, age_s: int, *, attempts: int) -> targets.LambdaFunction:
        return targets.LambdaFunction(
            self._function(name),
            dead_letter_queue=self._dead_events,
            max_event_age=cdk.Duration.seconds(age_s),
            retry_attempts=attempts,
        )

    def _dead_letters(self, name: str, noun: str) -> sqs.Queue:
        return sqs.Queue(
            self,
            name,
            queue_name=f"{self._stage.prefix}-{noun}",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(DEAD_LETTERS_DAYS),
        )

    def _function(self, name: str) -> lambda_.IFunction:
        if name not in self._functions:
            function = _BY_NAME[name]
            arn = cdk.CfnParameter(
                self,
                arn_parameter(function),
                description=f"The function {name}",
                allowed_pattern="^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+$",
            )
            self._functions[name] = lambda_.Function.from_function_attributes(
                self, function.logical_id, function_arn=arn.value_as_string, same_environment=True
            )
        return self._functions[name]

    def _role(self, name: str) -> iam.IRole:
        if name not in self._roles:
            function = _BY_NAME[name]
            role = cdk.CfnParameter(
                self,
                role_parameter(function),
                description=f"Name of the role of {name}",
                allowed_pattern=r"^[\w+=,.@-]{1,64}$",
            )
            self._roles[name] = iam.Role.from_role_name(self, f"{function.logical_id}RoleByName", role.value_as_string)
        return self._roles[name]


__all__ = ["ApiEdgeStack"]
