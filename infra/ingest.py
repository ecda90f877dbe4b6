"""The Ingest stack: the RTMP nodes on Fargate behind their load balancer. One a region; the Data stack comes first.

The tables are in one region. A stack of another one (`remote`) is told where they are (docs/decisions/0053).
"""

import json

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from chalicelib.domain.metrics import NAMESPACE, UTILIZATION
from infra.ingest_roles import execution_role, node_role
from infra.names import IngestNames
from infra.network import HEALTH_PORT, ORIGIN_PORT, RTMP_PORT, RTMPS_PORT, Network
from infra.policies import RECORDINGS
from infra.stages import NODE_CPU_UNITS, NODE_MEMORY_MIB, NODE_PLACES, Stage

# The most that Fargate grants between SIGTERM and SIGKILL.
STOP_TIMEOUT_S = 120

# Within it, and with some seconds to spare: streams are moved to other nodes (the load balancer notices first that the
# node is not ready), and those that are left are ended.
DRAIN_S, DRAIN_NOTICE_S, STOP_S = 95, 35, 15

# The longest that ECS allows.
GRACE_S = 2_147_483_647

# Exits with 0 if the node's event loop answers.
LIVE_CHECK = (
    "import http.client, sys; "
    f"c = http.client.HTTPConnection('127.0.0.1', {HEALTH_PORT}, timeout=8); "
    "c.request('GET', '/live'); sys.exit(c.getresponse().status != 200)"
)

# A new node takes three minutes to come, and running streams do not move to it.
TARGET_UTILIZATION = 60

# Publishers and unauthenticated connections; and viewers' connections, with as many to other nodes.
OPEN_FILES = 16 * NODE_PLACES + 9_000


class IngestStack(cdk.Stack):
    """`media` is the bucket of recordings. Parameters:

    `ImageUri`: the image to run, as pushed to the Data stack's repository.
    `CloudFrontPrefixList`: from whose addresses playback may be asked for (infra/README.md).
    `Packaging`, `Recording`: whether nodes package streams for viewers, and record them.

    With `remote`, the name of the region that the stack is for, instead of `media`:

    `DataRegion`, `MediaBucket`: where tables, bus and images are, and the bucket, an output of the Data stack.
    """

    def __init__(
        self,
        scope: Construct,
        stage: Stage,
        synthesizer: cdk.IStackSynthesizer,
        media: s3.IBucket | None,
        remote: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            stage.stack("ingest" if remote is None else f"ingest-{remote}"),
            synthesizer=synthesizer,
            termination_protection=stage.keep,
            description=f"stream-sync {stage.name}: RTMP ingest nodes behind a load balancer",
        )
        image = cdk.CfnParameter(
            self,
            "ImageUri",
            type="String",
            description="Ingest image with tag or digest",
            allowed_pattern=r"^[a-z0-9][a-z0-9./_-]+[:@][A-Za-z0-9._:-]+$",
        )
        addresses = cdk.CfnParameter(
            self,
            "CloudFrontPrefixList",
            type="String",
            description="Managed prefix list com.amazonaws.global.cloudfront.origin-facing of this region",
            allowed_pattern="^pl-[0-9a-f]{8,17}$",
        )
        self._stage = stage
        self._data_region = self.region if remote is None else self._data_region_parameter()
        self._media = media if media is not None else self._media_parameter()
        names = IngestNames(self, stage.domain, remote) if stage.domain is not None else None
        self._remote = remote
        self._network = Network(self, stage, addresses.value_as_string, names, remote)
        balancer = self._network.balancer.load_balancer_dns_name
        # By which CloudWatch knows them.
        self.balancer_full_name = self._network.balancer.load_balancer_full_name
        self.targets_full_name = self._network.rtmp_targets.target_group_full_name
        # Where CloudFront asks for playback.
        self.origin_name = names.origin if names is not None else balancer
        self.origin_port, self.origin_has_tls = self._network.origin_port, names is not None
        plain = f"rtmp://{names.ingest if names is not None else balancer}:{RTMP_PORT}/live"
        self._url = f"rtmps://{names.ingest}:{RTMPS_PORT}/live" if names is not None else plain
        self._service(self._task(image.value_as_string))
        for name, url, description in (
            ("IngestUrl", self._url, "What broadcasters of this region enter into OBS"),
            ("PlainIngestUrl", plain, "The same without encryption, for encoders that know no RTMPS"),
        ):
            cdk.CfnOutput(self, name, value=url, description=description)

    def _data_region_parameter(self) -> str:
        return cdk.CfnParameter(
            self,
            "DataRegion",
            type="String",
            description="Region of the data stack",
            allowed_pattern="^[a-z]{2}(-[a-z]+)+-[0-9]$",
        ).value_as_string

    def _media_parameter(self) -> s3.IBucket:
        name = cdk.CfnParameter(
            self,
            "MediaBucket",
            type="String",
            description="Output MediaBucket of the data stack",
            allowed_pattern="^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        )
        return s3.Bucket.from_bucket_name(self, "Media", name.value_as_string)

    def _switch(self, name: str, description: str, default: str = "on") -> cdk.CfnParameter:
        return cdk.CfnParameter(
            self, name, type="String", description=description, default=default, allowed_values=["on", "off"]
        )

    def _recordings(self) -> str:
        """Where a node records to."""
        switch = self._switch("Recording", "Whether nodes record the streams of channels that ask for it")
        wanted = cdk.CfnCondition(self, "Records", expression=cdk.Fn.condition_equals(switch.value_as_string, "on"))
        return cdk.Token.as_string(
            cdk.Fn.condition_if(wanted.logical_id, f"s3://{self._media.bucket_name}/{RECORDINGS}", "off")
        )

    def _task(self, image: str) -> ecs.FargateTaskDefinition:
        task = ecs.FargateTaskDefinition(
            self,
            "Task",
            family=f"{self._stage.prefix}-ingest",
            cpu=NODE_CPU_UNITS,
            memory_limit_mib=NODE_MEMORY_MIB,
            # As `infra.deploy.image` builds the image.
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.ARM64, operating_system_family=ecs.OperatingSystemFamily.LINUX
            ),
            task_role=node_role(self, self._stage, self._data_region, self._media),
            execution_role=execution_role(self, self._stage, self._data_region),
        )
        log = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/{self._stage.prefix}/ingest",
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
            if self._stage.keep
            else cdk.RemovalPolicy.DESTROY,
        )
        container = task.add_container(
            "ingest",
            image=ecs.ContainerImage.from_registry(image),
            essential=True,
            environment={
                "STREAM_SYNC_STAGE": self._stage.name,
                "STREAM_SYNC_REGION": self.region,
                "STREAM_SYNC_DATA_REGION": self._data_region,
                # The region by which a node finds the streams of dead peers: without it, that of the default.
                "STREAM_SYNC_INGEST_URLS": json.dumps({self.region: self._url}),
                "STREAM_SYNC_RTMP_HOST": "0.0.0.0",
                "STREAM_SYNC_RTMP_PORT": str(RTMP_PORT),
                "STREAM_SYNC_CAPACITY": str(NODE_PLACES),
                "STREAM_SYNC_HEALTH_HOST": "0.0.0.0",
                "STREAM_SYNC_HEALTH_PORT": str(HEALTH_PORT),
                "STREAM_SYNC_DRAIN_SECONDS": str(DRAIN_S),
                "STREAM_SYNC_DRAIN_NOTICE_SECONDS": str(DRAIN_NOTICE_S),
                "STREAM_SYNC_STOP_SECONDS": str(STOP_S),
                "STREAM_SYNC_REPLACED_DRAIN_SECONDS": str(self._stage.replaced_s),
                "STREAM_SYNC_PACKAGING": self._switch(
                    "Packaging",
                    "Whether nodes package streams for viewers",
                    # CloudFront asks the home region's nodes, which reach those of another one over peered VPCs only.
                    "on" if self._remote is None else "off",
                ).value_as_string,
                "STREAM_SYNC_ORIGIN_PORT": str(ORIGIN_PORT),
                "STREAM_SYNC_RECORDING": self._recordings(),
                # Whose PROXY headers are believed: the load balancer's, which has addresses of the VPC only.
                "STREAM_SYNC_PROXY_NETWORKS": self._network.vpc.vpc_cidr_block,
                # And whose X-Forwarded-For: the load balancer's, behind CloudFront, and the other nodes'.
                "STREAM_SYNC_FORWARDED_NETWORKS": self._network.vpc.vpc_cidr_block,
            },
            secrets={
                "STREAM_SYNC_PLAYBACK_SECRETS": ecs.Secret.from_secrets_manager(
                    secretsmanager.Secret.from_secret_name_v2(self, "Playback", self._stage.secret("playback"))
                )
            },
            # On SIGTERM the node moves its streams to others, and ends the rest properly: rows, events, audit records.
            stop_timeout=cdk.Duration.seconds(STOP_TIMEOUT_S),
            readonly_root_filesystem=True,
            # A deployment waits for it. ECS reads this one only, not the image's own.
            health_check=ecs.HealthCheck(
                command=["CMD", "python", "-c", LIVE_CHECK],
                interval=cdk.Duration.seconds(15),
                timeout=cdk.Duration.seconds(10),
                retries=3,
                start_period=cdk.Duration.seconds(15),
            ),
            logging=ecs.LogDriver.aws_logs(
                stream_prefix="node",
                log_group=log,
                # A stalled log service must not stall media; lines beyond the buffer are lost instead.
                mode=ecs.AwsLogDriverMode.NON_BLOCKING,
                max_buffer_size=cdk.Size.mebibytes(8),
            ),
        )
        for port in (RTMP_PORT, ORIGIN_PORT, HEALTH_PORT):
            container.add_port_mappings(ecs.PortMapping(container_port=port, protocol=ecs.Protocol.TCP))
        container.add_ulimits(ecs.Ulimit(name=ecs.UlimitName.NOFILE, soft_limit=OPEN_FILES, hard_limit=OPEN_FILES))
        return task

    def _service(self, task: ecs.FargateTaskDefinition) -> None:
        # Otherwise ECS makes it, and keeps what is in it for ever.
        insights = logs.LogGroup(
            self,
            "ContainerInsights",
            log_group_name=f"/aws/ecs/containerinsights/{self._stage.prefix}/performance",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        cluster = ecs.Cluster(
            self,
            "Cluster",
            cluster_name=self._stage.prefix,
            vpc=self._network.vpc,
            container_insights_v2=ecs.ContainerInsights.ENABLED,
        )
        cluster.node.add_dependency(insights)
        service = ecs.FargateService(
            self,
            "Nodes",
            service_name="ingest",
            cluster=cluster,
            task_definition=task,
            assign_public_ip=True,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            security_groups=[self._network.node_security_group],
            # New tasks stand before old ones drain, and a version that does not come up goes back by itself.
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            # For ever: ECS stops no task because the load balancer found it full or draining. A node whose event loop
            # is frozen ends itself.
            health_check_grace_period=cdk.Duration.seconds(GRACE_S),
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
        )
        for port, targets in ((RTMP_PORT, self._network.rtmp_targets), (ORIGIN_PORT, self._network.origin_targets)):
            targets.add_target(service.load_balancer_target(container_name="ingest", container_port=port))
        # The number of tasks is the scaling's: a fixed one would undo it with every deployment. (The CDK writes 1.)
        resource = service.node.default_child
        assert isinstance(resource, ecs.CfnService)  # noqa: S101
        resource.add_property_deletion_override("DesiredCount")
        self._scale(service)
        # Otherwise the first tasks may start before they may pull their image.
        service.node.add_dependency(task.obtain_execution_role())

    def _scale(self, service: ecs.FargateService) -> None:
        """By what the fullest resource of a node is used at, on average over the nodes, and never by the CPU alone: an
        idle publisher takes a place all the same. Scaling in waits long, and spares tasks that have publishers."""
        utilization = cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=UTILIZATION.name,
            dimensions_map={"service": "ingest", "stage": self._stage.name},
            statistic="Average",
            period=cdk.Duration.minutes(1),
        )
        scaling = service.auto_scale_task_count(min_capacity=self._stage.tasks, max_capacity=self._stage.most_tasks)
        scaling.scale_to_track_custom_metric(
            "Utilization",
            metric=utilization,
            target_value=TARGET_UTILIZATION,
            scale_out_cooldown=cdk.Duration.minutes(1),
            scale_in_cooldown=cdk.Duration.minutes(15),
        )


__all__ = ["IngestStack"]
