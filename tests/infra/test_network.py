"""Encrypted ingest under names of one's own, IPv6, and ingest in a second region."""

from typing import Any

import pytest

from infra.stages import StageName
from tests.infra.conftest import Template, WithDomain
from tests.infra.test_ingest_stack import attributes, on_port

NAMES = {"ingest.live.example.com.", "origin.live.example.com."}


def listeners(template: Template) -> dict[int, dict[str, Any]]:
    return {one["Port"]: one for one in template.of_type("AWS::ElasticLoadBalancingV2::Listener").values()}


def environment(template: Template) -> dict[str, Any]:
    (container,) = template.only("AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    return {variable["Name"]: variable["Value"] for variable in container["Environment"]}


def test_rtmps_and_rtmp_lead_to_the_same_nodes(with_domain: WithDomain) -> None:
    found = listeners(with_domain.ingest)
    assert {port: one["Protocol"] for port, one in found.items()} == {1935: "TCP", 443: "TLS", 8443: "TLS"}
    assert found[443]["DefaultActions"] == found[1935]["DefaultActions"]
    assert found[443]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"


def test_without_a_domain_there_is_no_certificate_and_no_tls(ingest: Template) -> None:
    assert {port: one["Protocol"] for port, one in listeners(ingest).items()} == {1935: "TCP", 8080: "TCP"}
    assert ingest.of_type("AWS::CertificateManager::Certificate") == {}


def test_the_certificate_has_both_names_and_renews_by_dns(with_domain: WithDomain) -> None:
    certificate = with_domain.ingest.only("AWS::CertificateManager::Certificate")
    assert {certificate["DomainName"], *certificate["SubjectAlternativeNames"]} == {name[:-1] for name in NAMES}
    assert certificate["ValidationMethod"] == "DNS"
    assert {one["HostedZoneId"] for one in certificate["DomainValidationOptions"]} == {"Z0123456789ABCDEFGHIJ"}


def test_every_name_has_addresses_of_both_kinds(with_domain: WithDomain) -> None:
    records = with_domain.ingest.of_type("AWS::Route53::RecordSet").values()
    assert {(one["Name"], one["Type"]) for one in records} == {(name, kind) for name in NAMES for kind in ("A", "AAAA")}


def test_the_default_url_is_encrypted_where_there_is_a_certificate(with_domain: WithDomain) -> None:
    outputs = with_domain.ingest.body["Outputs"]
    assert outputs["IngestUrl"]["Value"] == "rtmps://ingest.live.example.com:443/live"
    assert outputs["PlainIngestUrl"]["Value"] == "rtmp://ingest.live.example.com:1935/live"


def test_without_a_domain_both_urls_are_the_same(ingest: Template) -> None:
    outputs = ingest.body["Outputs"]
    assert outputs["IngestUrl"]["Value"] == outputs["PlainIngestUrl"]["Value"]


def test_cloudfront_asks_for_playback_over_tls_where_there_is_a_certificate(
    with_domain: WithDomain, edge: Template
) -> None:
    def origin(template: Template) -> dict[str, Any]:
        config = template.only("AWS::CloudFront::Distribution")["DistributionConfig"]
        (found,) = [one for one in config["Origins"] if "CustomOriginConfig" in one]
        return found  # type: ignore[no-any-return]

    encrypted = origin(with_domain.edge)
    assert encrypted["DomainName"] == "origin.live.example.com"
    assert encrypted["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert encrypted["CustomOriginConfig"]["HTTPSPort"] == 8443
    assert origin(edge)["CustomOriginConfig"]["OriginProtocolPolicy"] == "http-only"


def test_every_subnet_has_addresses_of_both_kinds(ingest: Template, stage: StageName) -> None:
    subnets = ingest.of_type("AWS::EC2::Subnet").values()
    assert len(subnets) == 2
    assert all(subnet["CidrBlock"] and subnet["Ipv6CidrBlock"] for subnet in subnets)
    routes = ingest.of_type("AWS::EC2::Route").values()
    assert {route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock") for route in routes} == {
        "0.0.0.0/0",
        "::/0",
    }


def test_a_node_of_a_second_region_uses_the_tables_of_the_first(with_domain: WithDomain) -> None:
    variables = environment(with_domain.remote)
    assert variables["STREAM_SYNC_REGION"] == {"Ref": "AWS::Region"}
    assert variables["STREAM_SYNC_DATA_REGION"] == {"Ref": "DataRegion"}
    assert environment(with_domain.ingest)["STREAM_SYNC_DATA_REGION"] == {"Ref": "AWS::Region"}


@pytest.mark.parametrize("service", ["dynamodb", "events", "ecr"])
def test_the_rights_of_a_second_region_are_to_the_data_of_the_first(with_domain: WithDomain, service: str) -> None:
    policies = [
        *(p for role in with_domain.remote.of_type("AWS::IAM::Role").values() for p in role.get("Policies", [])),
        *with_domain.remote.of_type("AWS::IAM::Policy").values(),
    ]
    found = [
        resource["Fn::Join"][1]
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        if f"{service}:" in str(statement["Action"]) and statement["Resource"] != "*"
        for resource in (statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]])
    ]
    assert found
    assert all({"Ref": "DataRegion"} in parts for parts in found)


def test_a_second_region_has_names_of_its_own(with_domain: WithDomain) -> None:
    records = with_domain.remote.of_type("AWS::Route53::RecordSet").values()
    assert {one["Name"] for one in records} == {
        "ingest-eu-west-1.live.example.com.",
        "origin-eu-west-1.live.example.com.",
    }
    assert on_port(with_domain.remote.of_type("AWS::ElasticLoadBalancingV2::Listener"), 443)["Protocol"] == "TLS"


def test_prod_keeps_traffic_in_its_zone_in_every_region(with_domain: WithDomain) -> None:
    for template in (with_domain.ingest, with_domain.remote):
        balancer = template.only("AWS::ElasticLoadBalancingV2::LoadBalancer")
        assert attributes(balancer["LoadBalancerAttributes"])["load_balancing.cross_zone.enabled"] == "false"
