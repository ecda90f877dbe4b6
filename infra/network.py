"""The network around the ingest nodes: VPC, load balancer, and the attributes that decide whether live streams survive.

Linters do not judge these values; `tests/infra` pins each of them.
"""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from infra.names import IngestNames
from infra.stages import ZONES, Stage, network_range

RTMP_PORT = 1935
# Of HTTPS: the port that networks which block others let through.
RTMPS_PORT = 443
ORIGIN_PORT = 8080
ORIGIN_TLS_PORT = 8443
# Answered by the node's event loop; the load balancer alone gets there.
HEALTH_PORT = 8081

# At most 2 * 10 s until a node that is full or drains gets no new publishers; a single slow answer does not count.
CHECK_EVERY_S, CHECK_TIMEOUT_S, CHECKS = 10, 5, 2

# Seconds in which a deregistered target may still get connections. Streams are not closed after it: a node with
# publishers is protected from being stopped, and one that is stopped moves them to its peers.
DEREGISTRATION_S = 120

# Longer than the longest grace of a channel (300 s), so that the node, which knows the reason, always gives up first.
# 350 s is also what TLS listeners are fixed at: RTMP and RTMPS behave alike.
TCP_IDLE_TIMEOUT_S = 350

CLOSED_WHEN_UNHEALTHY = "target_health_state.unhealthy.connection_termination.enabled"
CLOSED_WHEN_DRAINED = "deregistration_delay.connection_termination.enabled"


class Network(Construct):
    """The way in: ingest tasks register with `rtmp_targets` and `origin_targets`, and wear `node_security_group`."""

    def __init__(
        self,
        scope: Construct,
        stage: Stage,
        cloudfront_addresses: str,
        names: IngestNames | None,
        remote: str | None,
    ) -> None:
        """`cloudfront_addresses`: id of the region's prefix list of CloudFront's addresses. `remote`: the region, if it
        is not the one that has the tables.

        With `names` there are TLS listeners: RTMPS beside RTMP, and HTTPS in the place of HTTP for CloudFront.
        """
        super().__init__(scope, "Network")
        self._names = names
        self.origin_port = ORIGIN_PORT if names is None else ORIGIN_TLS_PORT
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(network_range(remote)),
            # Encoders in networks that have IPv6 alone reach the load balancer; it reaches the nodes by IPv4.
            ip_protocol=ec2.IpProtocol.DUAL_STACK,
            max_azs=ZONES,
            # Tasks have public addresses for their calls to AWS, and a security group that lets only the load balancer
            # in. NAT gateways would add a bill and a bottleneck, and no protection.
            nat_gateways=0,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="ingest", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=20, map_public_ip_on_launch=False
                )
            ],
            # The lease goes over this: DynamoDB without the internet in between, at no charge. Media goes to S3 alike.
            gateway_endpoints={
                "DynamoDb": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.DYNAMODB),
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3),
            },
        )
        self.node_security_group = ec2.SecurityGroup(
            self,
            "NodeSecurityGroup",
            vpc=self.vpc,
            description="Ingest nodes: from the load balancer and each other only",
        )
        front = self._front(cloudfront_addresses)
        self.balancer = elb.NetworkLoadBalancer(
            self,
            "Balancer",
            vpc=self.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            internet_facing=True,
            ip_address_type=elb.IpAddressType.DUAL_STACK,
            cross_zone_enabled=stage.crosses_zones,
            deletion_protection=stage.keep,
            security_groups=[front],
        )
        self.rtmp_targets = self._targets()
        elb.NetworkListener(
            self,
            "Rtmp",
            load_balancer=self.balancer,
            port=RTMP_PORT,
            protocol=elb.Protocol.TCP,
            tcp_idle_timeout=cdk.Duration.seconds(TCP_IDLE_TIMEOUT_S),
            default_target_groups=[self.rtmp_targets],
        )
        self.origin_targets = self._origin_targets()
        if names is None:
            elb.NetworkListener(
                self,
                "Origin",
                load_balancer=self.balancer,
                port=ORIGIN_PORT,
                protocol=elb.Protocol.TCP,
                default_target_groups=[self.origin_targets],
            )
        else:
            self._tls_listener("Rtmps", RTMPS_PORT, self.rtmp_targets, names)
            self._tls_listener("OriginTls", ORIGIN_TLS_PORT, self.origin_targets, names)
            names.point_at(self.balancer)

    def _front(self, cloudfront_addresses: str) -> ec2.SecurityGroup:
        """The load balancer's security group."""
        front = ec2.SecurityGroup(
            self,
            "FrontSecurityGroup",
            vpc=self.vpc,
            description="Load balancer: RTMP from anywhere, HTTP from CloudFront",
            allow_all_outbound=False,
        )
        for port in (RTMP_PORT, *((RTMPS_PORT,) if self._names is not None else ())):
            front.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(port), "Broadcasters")
            front.add_ingress_rule(ec2.Peer.any_ipv6(), ec2.Port.tcp(port), "Broadcasters")
        front.add_egress_rule(self.node_security_group, ec2.Port.tcp(RTMP_PORT), "Ingest nodes")
        self.node_security_group.add_ingress_rule(front, ec2.Port.tcp(RTMP_PORT), "Load balancer")
        cloudfront = ec2.Peer.prefix_list(cloudfront_addresses)
        front.add_ingress_rule(cloudfront, ec2.Port.tcp(self.origin_port), "CloudFront")
        origin = ec2.Port.tcp(ORIGIN_PORT)
        front.add_egress_rule(self.node_security_group, origin, "Playback origins")
        self.node_security_group.add_ingress_rule(front, origin, "Load balancer, for viewers")
        health = ec2.Port.tcp(HEALTH_PORT)
        front.add_egress_rule(self.node_security_group, health, "Health checks")
        self.node_security_group.add_ingress_rule(front, health, "Load balancer, health checks")
        # Any node is asked for any stream, and fetches what another one has.
        self.node_security_group.add_ingress_rule(self.node_security_group, origin, "Other nodes")
        # A full node carries publishers on to one with room.
        rtmp = ec2.Port.tcp(RTMP_PORT)
        self.node_security_group.add_ingress_rule(self.node_security_group, rtmp, "Other nodes, for publishers")
        return front

    def _tls_listener(self, name: str, port: int, targets: elb.NetworkTargetGroup, names: IngestNames) -> None:
        """TLS ends at the load balancer; nodes get plain RTMP or HTTP, inside the VPC."""
        elb.NetworkListener(
            self,
            name,
            load_balancer=self.balancer,
            port=port,
            protocol=elb.Protocol.TLS,
            certificates=[names.certificate],
            # TLS 1.2 and 1.3: what OBS, ffmpeg and hardware encoders of the last ten years speak.
            ssl_policy=elb.SslPolicy.RECOMMENDED_TLS,
            default_target_groups=[targets],
        )

    def _targets(self) -> elb.NetworkTargetGroup:
        """A group of its own, not a listener's: RTMP and RTMPS lead to the same nodes."""
        group = elb.NetworkTargetGroup(
            self,
            "RtmpTargets",
            vpc=self.vpc,
            port=RTMP_PORT,
            protocol=elb.Protocol.TCP,
            target_type=elb.TargetType.IP,
            # Targets by address see the balancer's own instead of the client's; the audit record and the allow lists
            # need the real one. Nodes take the header from the VPC's addresses only.
            proxy_protocol_v2=True,
            preserve_client_ip=False,
            deregistration_delay=cdk.Duration.seconds(DEREGISTRATION_S),
            health_check=_health_check("/ready"),
        )
        # True by default: one failed check of a busy node would reset every live stream on it. Unhealthy means no new
        # connections; the running ones are the node's own affair.
        group.set_attribute(CLOSED_WHEN_UNHEALTHY, "false")
        # On SIGTERM the node moves its streams to its peers; a reset would look like a crash.
        group.set_attribute(CLOSED_WHEN_DRAINED, "false")
        return group

    def _origin_targets(self) -> elb.NetworkTargetGroup:
        return elb.NetworkTargetGroup(
            self,
            "OriginTargets",
            vpc=self.vpc,
            port=ORIGIN_PORT,
            protocol=elb.Protocol.TCP,
            target_type=elb.TargetType.IP,
            # HTTP has the client's address in X-Forwarded-For, where CloudFront writes it.
            proxy_protocol_v2=False,
            preserve_client_ip=False,
            # A part or a playlist takes half a minute at most; what a draining node still carries, the others fetch.
            deregistration_delay=cdk.Duration.seconds(60),
            # Not /ready: a full or draining node still has viewers.
            health_check=_health_check("/started"),
        )


def _health_check(path: str) -> elb.HealthCheck:
    return elb.HealthCheck(
        protocol=elb.Protocol.HTTP,
        port=str(HEALTH_PORT),
        path=path,
        healthy_http_codes="200",
        interval=cdk.Duration.seconds(CHECK_EVERY_S),
        timeout=cdk.Duration.seconds(CHECK_TIMEOUT_S),
        healthy_threshold_count=CHECKS,
        unhealthy_threshold_count=CHECKS,
    )


__all__ = [
    "CLOSED_WHEN_DRAINED",
    "CLOSED_WHEN_UNHEALTHY",
    "HEALTH_PORT",
    "ORIGIN_PORT",
    "RTMPS_PORT",
    "RTMP_PORT",
    "TCP_IDLE_TIMEOUT_S",
    "Network",
]
