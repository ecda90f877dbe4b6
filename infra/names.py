"""DNS names and certificates of a stage that has a domain (`infra.stages.Domain`).

    live.example.com          pages, playback and recordings    CloudFront
    ingest.live.example.com   RTMPS and RTMP                    the load balancer of the region with the tables
    origin.live.example.com   what CloudFront asks              the same
    api.live.example.com      REST                              API Gateway
    ws.live.example.com       WebSocket                         API Gateway

Further ingest regions have `ingest-<region>` and `origin-<region>`. Each name has A and AAAA records, and certificates
renew by themselves: ACM proves them by DNS.
"""

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from infra.stages import Domain


def zone_of(scope: Construct, domain: Domain) -> route53.IHostedZone:
    return route53.HostedZone.from_hosted_zone_attributes(
        scope, "Zone", hosted_zone_id=domain.zone_id, zone_name=domain.name
    )


def certificate(scope: Construct, name: str, zone: route53.IHostedZone, *hosts: str) -> acm.Certificate:
    """For `hosts`. The deployment waits until ACM has seen its own DNS records, some minutes."""
    first, *others = hosts
    return acm.Certificate(
        scope,
        name,
        domain_name=first,
        subject_alternative_names=others or None,
        validation=acm.CertificateValidation.from_dns(zone),
    )


def point(
    scope: Construct, name: str, zone: route53.IHostedZone, host: str, target: route53.IAliasRecordTarget
) -> None:
    """A and AAAA records of `host`."""
    to = route53.RecordTarget.from_alias(target)
    route53.ARecord(scope, f"{name}A", zone=zone, record_name=host, target=to)
    route53.AaaaRecord(scope, f"{name}Aaaa", zone=zone, record_name=host, target=to)


class IngestNames(Construct):
    """Of the load balancer of one region: `remote`, or the one that has the tables."""

    def __init__(self, scope: Construct, domain: Domain, remote: str | None) -> None:
        super().__init__(scope, "Names")
        self.ingest = domain.ingest(remote)
        self.origin = domain.origin(remote)
        self._zone = zone_of(self, domain)
        self.certificate = certificate(self, "Certificate", self._zone, self.ingest, self.origin)

    def point_at(self, balancer: elb.NetworkLoadBalancer) -> None:
        target = targets.LoadBalancerTarget(balancer)
        point(self, "Ingest", self._zone, self.ingest, target)
        point(self, "Origin", self._zone, self.origin, target)


__all__ = ["IngestNames", "certificate", "point", "zone_of"]
