"""AWS WAF before the REST API and before CloudFront: rates per address, and AWS's managed rules.

WebSocket APIs cannot have a web ACL; they have a throttle, and limits per user and address (`services.limits`). The
service's own limits stay: WAF stops floods before they cost an invocation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.stages import Stage

Scope = Literal["REGIONAL", "CLOUDFRONT"]

WINDOW_S = 300

# Requests from one address in five minutes. A broadcaster's page makes a few dozen; an office may share an address.
API_RATE = 3_000
PAGES_RATE = 3_000
# A player in low latency makes four a second: this is for 250 viewers behind one address.
MEDIA_RATE = 300_000

# Media servers call back for each publisher, every few seconds, all from one address: they are limited by the service.
HOOKS = "/hooks/"
MEDIA = "/live/"

# Rules that would refuse what the API accepts on purpose. Counted, so that their metrics show what they match.
COUNTED_BY_API = (
    "NoUserAgent_HEADER",  # nginx-rtmp's callbacks have none
    "SizeRestrictions_BODY",  # 8 KB; the API has its own limit
    "GenericRFI_BODY",  # a webhook's URL may have an address in it
    "CrossSiteScripting_BODY",  # titles are text, and pages escape them
)
# What is never logged: both planes keep keys and tokens out of their logs, and some are part of a path.
SECRET_HEADERS = ("authorization", "x-api-key", "cookie")


@dataclass(frozen=True)
class Rate:
    """`path`: only where the path contains it; `elsewhere`: only where it does not."""

    name: str
    requests: int
    path: str
    elsewhere: bool


class Firewall(Construct):
    """A web ACL with its log. `arn` is what it is associated by."""

    def __init__(
        self, scope: Construct, stage: Stage, kind: Scope, rates: Iterable[Rate], counted: Iterable[str] = ()
    ) -> None:
        super().__init__(scope, "Firewall")
        name = f"{stage.prefix}-{'site' if kind == 'CLOUDFRONT' else 'api'}"
        rules = [_rate_rule(priority, rate) for priority, rate in enumerate(rates)]
        for group, exceptions in (
            ("AWSManagedRulesAmazonIpReputationList", ()),
            ("AWSManagedRulesKnownBadInputsRuleSet", ()),
            ("AWSManagedRulesCommonRuleSet", tuple(counted)),
        ):
            rules.append(_managed_rule(len(rules), group, exceptions))
        acl = waf.CfnWebACL(
            self,
            "Acl",
            name=name,
            description=f"{stage.prefix}: rates per address and managed rules",
            scope=kind,
            default_action=waf.CfnWebACL.DefaultActionProperty(allow=waf.CfnWebACL.AllowActionProperty()),
            visibility_config=_visible(name),
            rules=rules,
        )
        self.arn = acl.attr_arn
        self._log(stage, name)

    def _log(self, stage: Stage, name: str) -> None:
        """Of what was blocked or counted; WAF accepts only log groups whose name begins so."""
        group = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"aws-waf-logs-{name}",
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if stage.keep else cdk.RemovalPolicy.DESTROY,
        )
        field = waf.CfnLoggingConfiguration.FieldToMatchProperty
        waf.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self.arn,
            log_destination_configs=[
                cdk.Stack.of(self).format_arn(
                    service="logs",
                    resource="log-group",
                    resource_name=group.log_group_name,
                    arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                )
            ],
            redacted_fields=[
                field(uri_path={}),
                field(query_string={}),
                *(field(single_header={"Name": header}) for header in SECRET_HEADERS),
            ],
            logging_filter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {
                        "Behavior": "KEEP",
                        "Requirement": "MEETS_ANY",
                        "Conditions": [{"ActionCondition": {"Action": action}} for action in ("BLOCK", "COUNT")],
                    }
                ],
            },
        )


def _rate_rule(priority: int, rate: Rate) -> waf.CfnWebACL.RuleProperty:
    statement = waf.CfnWebACL.StatementProperty
    within = statement(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
            positional_constraint="CONTAINS",
            search_string=rate.path,
            text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
        )
    )
    if rate.elsewhere:
        within = statement(not_statement=waf.CfnWebACL.NotStatementProperty(statement=within))
    return waf.CfnWebACL.RuleProperty(
        name=rate.name,
        priority=priority,
        action=waf.CfnWebACL.RuleActionProperty(block={}),
        visibility_config=_visible(rate.name),
        statement=statement(
            rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                limit=rate.requests,
                evaluation_window_sec=WINDOW_S,
                aggregate_key_type="IP",
                scope_down_statement=within,
            )
        ),
    )


def _managed_rule(priority: int, group: str, counted: tuple[str, ...]) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name=group,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        visibility_config=_visible(group),
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=group,
                rule_action_overrides=[
                    waf.CfnWebACL.RuleActionOverrideProperty(
                        name=rule, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
                    )
                    for rule in counted
                ]
                or None,
            )
        ),
    )


def _visible(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    """Metrics, and no sampled requests: those show paths and headers."""
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )


def api_firewall(scope: Construct, stage: Stage, rest_stage_arn: str) -> Firewall:
    """Before the stage of a REST API."""
    rates = [Rate("ApiRate", API_RATE, HOOKS, elsewhere=True)]
    firewall = Firewall(scope, stage, "REGIONAL", rates, COUNTED_BY_API)
    waf.CfnWebACLAssociation(firewall, "Association", resource_arn=rest_stage_arn, web_acl_arn=firewall.arn)
    return firewall


def site_firewall(scope: Construct, stage: Stage) -> Firewall:
    """For CloudFront, which names it itself; in us-east-1 alone."""
    rates = [
        Rate("PagesRate", PAGES_RATE, MEDIA, elsewhere=True),
        Rate("MediaRate", MEDIA_RATE, MEDIA, elsewhere=False),
    ]
    return Firewall(scope, stage, "CLOUDFRONT", rates, ("NoUserAgent_HEADER",))


__all__ = ["API_RATE", "COUNTED_BY_API", "MEDIA_RATE", "PAGES_RATE", "Firewall", "api_firewall", "site_firewall"]
