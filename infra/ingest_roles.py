"""The two IAM roles of an ingest task: the node's own, and that of ECS when it starts the task."""

import dataclasses

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from infra.policies import Place, protection_statements, recording_statements, shared_statements
from infra.stages import Stage


def node_role(stack: cdk.Stack, stage: Stage, data_region: str, media: s3.IBucket) -> iam.Role:
    here = Place(partition=stack.partition, region=stack.region, account=stack.account)
    data = dataclasses.replace(here, region=data_region)
    statements = (
        *shared_statements(stage, data),
        *protection_statements(stage, here),
        *recording_statements(media.bucket_arn, may_delete=False),
    )
    allowed = iam.PolicyDocument(statements=[iam.PolicyStatement.from_json(one) for one in statements])
    return iam.Role(
        stack,
        "NodeRole",
        description="Ingest node: rows, events, recordings and task protection, nothing else",
        assumed_by=_ecs_tasks(stack),
        inline_policies={"node": allowed},
    )


def execution_role(stack: cdk.Stack, stage: Stage, data_region: str) -> iam.Role:
    """Pulls the one repository; the log driver adds its two actions on the one log group, ECS those on the secret."""
    role = iam.Role(stack, "ExecutionRole", description="ECS: start an ingest task", assumed_by=_ecs_tasks(stack))
    repository = stack.format_arn(
        service="ecr", region=data_region, resource="repository", resource_name=f"{stage.prefix}-ingest"
    )
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            resources=[repository],
        )
    )
    # A registry login has no resource to name.
    role.add_to_policy(iam.PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"]))
    return role


def _ecs_tasks(stack: cdk.Stack) -> iam.IPrincipal:
    """ECS, for tasks of this account only (no confused deputy)."""
    return iam.ServicePrincipal(
        "ecs-tasks.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": stack.account}}
    )


__all__ = ["execution_role", "node_role"]
