"""Rules of AWS's own checks (cdk-nag, AwsSolutions) that we break knowingly, each with its reason.

Every other finding fails the synthesis: a rule is obeyed, or stands here.
"""

import re
from collections.abc import Iterable

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from infra.policies import RECORDINGS
from infra.stages import Stage

DATA = {
    "AwsSolutions-SMG4": "Both secrets are shared with another service or with operators, who rotate them in step: "
    "the admin API takes two at once for that",
    "AwsSolutions-S1": "Only our own roles read the media bucket; viewers are counted elsewhere",
    "AwsSolutions-COG2": "A broadcaster may turn MFA on; requiring it is the operator's decision",
    "AwsSolutions-COG8": "The Plus plan is billed by user; the API checks each token itself",
}

INGEST = {
    "AwsSolutions-EC23": "Broadcasters come from anywhere: the RTMP port is the service",
    "AwsSolutions-ELB2": "Access logs exist for TLS listeners only, and say less than a connection's audit record",
    "AwsSolutions-VPC7": "One open port, and an audit record with address and bytes for every connection to it",
    "AwsSolutions-ECS2": "The environment holds names and numbers, no secrets; tests/infra looks",
    "AwsSolutions-IAM5[Resource::*]": "A registry login (ecr:GetAuthorizationToken) has no resource to name",
}


def ingest(stage: Stage) -> dict[str, str]:
    return _ingest(stage, f"{stage.stack('data')}:ExportsOutputFnGetAttMediaA721A567ArnB9989168")


def remote_ingest(stage: Stage) -> dict[str, str]:
    return _ingest(stage, "arn:<AWS::Partition>:s3:::<MediaBucket>")


def _ingest(stage: Stage, bucket: str) -> dict[str, str]:
    tasks = f"arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task/{stage.prefix}/*"
    return INGEST | {
        f"AwsSolutions-IAM5[Resource::{bucket}/{RECORDINGS}/*]": "A recording's objects are named as they are made",
        f"AwsSolutions-IAM5[Resource::{tasks}]": "A task's id is not known before it runs; it is of this cluster",
    }


EDGE = {
    "AwsSolutions-S1": "Only CloudFront reads the dashboard's files, which are public",
    "AwsSolutions-CFR1": "Broadcasts are for viewers everywhere",
    "AwsSolutions-CFR2": "The web ACL is a parameter, which the check does not see: it is billed by request",
    "AwsSolutions-CFR3": "Access logs would keep playback tokens, which are part of the path",
    "AwsSolutions-CFR4": "TLS versions can be chosen only with one's own name and certificate: there are parameters",
}
EDGE_WITHOUT_DOMAIN = {
    "AwsSolutions-CFR5": "The load balancer has no name to have a certificate for; its port lets in CloudFront only",
}


def edge(stage: Stage) -> dict[str, str]:
    return EDGE | (EDGE_WITHOUT_DOMAIN if stage.domain is None else {})


API_EDGE = {
    "AwsSolutions-SQS3": "A dead-letter queue of rules and functions, which the check does not see, has none itself",
    "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<WebsocketApiId>/api/*/"
    "@connections/*]": "Connections are named as they are made",
}


CHALICE = {
    "AwsSolutions-APIG1": "Our own log has each request with its route; API Gateway's would have the keys in paths",
    "AwsSolutions-APIG4": "WebSockets are authorized in $connect, and REST routes without the authorizer are for "
    "everybody, or check a secret themselves",
}
# Wildcards of the functions' policies that `chalice` accepts.
NAMED_AS_MADE = re.compile(r"arn:aws:(logs:.*:log-stream:\*|s3:::[^*]*/vod/\*)")


def chalice(resources: Iterable[str]) -> dict[str, str]:
    """`resources`: of all policies. Those that are neither log streams nor recordings are not accepted."""
    reason = "A function's log streams, and recordings, are named as they are made"
    named = {f"AwsSolutions-IAM5[Resource::{one}]": reason for one in resources if NAMED_AS_MADE.fullmatch(one)}
    return CHALICE | named


def check(app: cdk.App, accepted: dict[cdk.Stack, dict[str, str]]) -> None:
    """Judges the stacks when `app` is synthesised; raises there for what is not in `accepted`."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    for stack, reasons in accepted.items():
        for rule, reason in reasons.items():
            cdk.Validations.of(stack).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))


__all__ = ["API_EDGE", "DATA", "chalice", "check", "edge", "ingest", "remote_ingest"]
