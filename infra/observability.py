"""The Observability stack: what people are told, and where they look. Deployed last; it changes nothing of the others.

infra.alarms       --> alarms --> topic --> mail
infra.log_queries  --> saved queries of Logs Insights
chalicelib.domain.metrics --> one dashboard
"""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns

from infra.alarm_shapes import Alarm, Comparison, Missing, Of, Series
from infra.alarms import ALARMS, BACKGROUND, FUNCTIONS, NODE_ALARMS, REQUESTS, RUNBOOKS
from infra.dashboards import rows
from infra.ingest import IngestStack
from infra.log_queries import QUERIES, Logs
from infra.stages import Stage

QUEUES = (Of.WEBHOOK_EVENTS, Of.DEAD_EVENTS, Of.DEAD_WEBHOOK_EVENTS)
COMPARISONS = {
    Comparison.BELOW: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    Comparison.ABOVE: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    Comparison.AT_LEAST: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
}
MISSING = {
    Missing.GOOD: cloudwatch.TreatMissingData.NOT_BREACHING,
    Missing.BAD: cloudwatch.TreatMissingData.BREACHING,
}
API_HANDLER = "api_handler"  # Chalice's own function, which has the name of the application and the stage alone


def function_name(stage: Stage, name: str) -> str:
    """As Chalice deploys it."""
    return stage.prefix if name == API_HANDLER else f"{stage.prefix}-{name}"


class ObservabilityStack(cdk.Stack):
    """Parameters:

    `AlarmEmail`: who is told; nobody without it. SNS asks for a confirmation first.
    `RunbooksUrl`: where docs/runbooks.md can be read; alarms link to its sections.
    """

    def __init__(
        self,
        scope: cdk.App,
        stage: Stage,
        synthesizer: cdk.IStackSynthesizer,
        ingest: IngestStack,
        remote: str | None = None,
    ) -> None:
        """`remote`: the region of `ingest`, if only nodes are there. It has alarms of the nodes, and nothing else."""
        super().__init__(
            scope,
            stage.stack("observability" if remote is None else f"observability-{remote}"),
            synthesizer=synthesizer,
            description=f"stream-sync {stage.name}: alarms"
            + (", dashboard, saved log queries" if remote is None else f" of the nodes in {remote}"),
        )
        self._stage = stage
        self._ingest = ingest
        self._runbooks = cdk.CfnParameter(
            self,
            "RunbooksUrl",
            type="String",
            default=RUNBOOKS,
            description="Where docs/runbooks.md can be read",
            allowed_pattern=r"^[A-Za-z0-9:/._~-]{1,200}$",
        ).value_as_string
        self._topic = self._make_topic()
        self._subscribe()
        alarms = [self._alarm(alarm) for alarm in (ALARMS if remote is None else NODE_ALARMS)]
        if remote is None:
            self._dashboard(alarms)
            self._queries()
        cdk.CfnOutput(self, "AlarmTopic", value=self._topic.topic_arn, description="Where alarms are published")

    # --- who is told -------------------------------------------------------------------------------------------

    def _make_topic(self) -> sns.Topic:
        topic = sns.Topic(self, "Alarms", topic_name=f"{self._stage.prefix}-alarms", enforce_ssl=True)
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[topic.topic_arn],
                conditions={"ArnLike": {"aws:SourceArn": self._arn("cloudwatch", "alarm", "*")}},
            )
        )
        return topic

    def _subscribe(self) -> None:
        address = cdk.CfnParameter(
            self,
            "AlarmEmail",
            type="String",
            default="",
            description="Who gets the alarms by mail",
            allowed_pattern=r"^$|^[^@\s]{1,100}@[^@\s]{3,200}$",
        )
        given = cdk.CfnCondition(
            self,
            "HasEmail",
            expression=cdk.Fn.condition_not(cdk.Fn.condition_equals(address.value_as_string, "")),
        )
        mail = sns.CfnSubscription(
            self, "Mail", protocol="email", topic_arn=self._topic.topic_arn, endpoint=address.value_as_string
        )
        mail.cfn_options.condition = given

    # --- alarms ------------------------------------------------------------------------------------------------

    def _alarm(self, alarm: Alarm) -> cloudwatch.Alarm:
        made = cloudwatch.Alarm(
            self,
            _logical_id(alarm.name),
            alarm_name=f"{self._stage.prefix}-{alarm.name}",
            alarm_description=f"{alarm.says}. What to do: {self._runbooks}#{alarm.name}",
            metric=self._metric(alarm),
            comparison_operator=COMPARISONS[alarm.comparison],
            threshold=alarm.threshold,
            evaluation_periods=alarm.times,
            treat_missing_data=MISSING[alarm.missing],
        )
        made.add_alarm_action(actions.SnsAction(self._topic))
        made.add_ok_action(actions.SnsAction(self._topic))
        return made

    def _metric(self, alarm: Alarm) -> cloudwatch.IMetric:
        found = {
            name: metric
            for key, one in alarm.series.items()
            for name, metric in self._of(key, one, alarm.period_s).items()
        }
        if alarm.expression is None and len(found) == 1:
            (metric,) = found.values()
            return metric
        return cloudwatch.MathExpression(
            expression=alarm.expression or "SUM(METRICS())",
            using_metrics=found,
            label=alarm.name,
            period=cdk.Duration.seconds(alarm.period_s),
        )

    def _of(self, key: str, series: Series, period_s: int) -> Mapping[str, cloudwatch.IMetric]:
        """The metrics of one series, by their names in an expression: one, or one of each function."""
        if series.of in FUNCTIONS:
            names = FUNCTIONS[series.of]
            return {
                f"{key}{number}": self._one(series, {"FunctionName": function_name(self._stage, name)}, period_s)
                for number, name in enumerate(names)
            }
        return {key: self._one(series, self._dimensions(series.of), period_s)}

    def _one(self, series: Series, dimensions: Mapping[str, str], period_s: int) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=series.namespace,
            metric_name=series.name,
            dimensions_map=dict(dimensions),
            statistic=series.statistic,
            period=cdk.Duration.seconds(period_s),
        )

    def _dimensions(self, of: Of) -> dict[str, str]:
        if of in QUEUES:
            return {"QueueName": f"{self._stage.prefix}-{of.value}"}
        match of:
            case Of.INGEST | Of.CONTROL:
                return {"stage": self._stage.name, "service": of.value}
            case Of.BALANCER:
                return {"LoadBalancer": self._ingest.balancer_full_name}
            case Of.TARGETS:
                return {
                    "TargetGroup": self._ingest.targets_full_name,
                    "LoadBalancer": self._ingest.balancer_full_name,
                }
            case _:
                return {}

    # --- where people look -------------------------------------------------------------------------------------

    def _dashboard(self, alarms: Sequence[cloudwatch.IAlarm]) -> None:
        dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=self._stage.prefix,
            period_override=cloudwatch.PeriodOverride.INHERIT,
            default_interval=cdk.Duration.hours(3),
        )
        dashboard.add_widgets(cloudwatch.AlarmStatusWidget(alarms=alarms, title="Alarms", width=24, height=4))
        for row in rows(self._stage):
            dashboard.add_widgets(*row)

    def _queries(self) -> None:
        groups = {
            Logs.NODES: [f"/{self._stage.prefix}/ingest"],
            Logs.FUNCTIONS: [f"/aws/lambda/{function_name(self._stage, name)}" for name in (*REQUESTS, *BACKGROUND)],
        }
        for number, query in enumerate(QUERIES):
            logs.CfnQueryDefinition(
                self,
                f"Query{number}",
                name=f"{self._stage.prefix}/{query.name}",
                query_string="\n| ".join(query.lines),
                log_group_names=[group for each in query.logs for group in groups[each]],
            )

    def _arn(self, service: str, resource: str, name: str) -> str:
        return self.format_arn(
            service=service, resource=resource, resource_name=name, arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
        )


def _logical_id(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


__all__ = ["ObservabilityStack", "function_name"]
