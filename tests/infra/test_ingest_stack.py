"""Values that decide whether live streams survive. CloudFormation takes wrong ones silently, so they stand here."""

import json
from typing import Any

import pytest

from infra.stages import StageName
from tests.infra.conftest import Template


def attributes(pairs: list[dict[str, str]]) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in pairs}


@pytest.fixture
def target_group(ingest: Template) -> dict[str, Any]:
    return ingest.only("AWS::ElasticLoadBalancingV2::TargetGroup")


@pytest.fixture
def container(ingest: Template) -> dict[str, Any]:
    (only,) = ingest.only("AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    return only  # type: ignore[no-any-return]


@pytest.fixture
def service(ingest: Template) -> dict[str, Any]:
    return ingest.only("AWS::ECS::Service")


def test_target_group_attributes(target_group: dict[str, Any], stage: StageName) -> None:
    assert attributes(target_group["TargetGroupAttributes"]) == {
        "proxy_protocol_v2.enabled": "true",
        "preserve_client_ip.enabled": "false",
        "target_health_state.unhealthy.connection_termination.enabled": "false",
        "deregistration_delay.connection_termination.enabled": "false",
        "deregistration_delay.timeout_seconds": {"dev": "60", "prod": "3600"}[stage],
    }


def test_targets_are_addresses_checked_by_connecting(target_group: dict[str, Any]) -> None:
    assert (target_group["TargetType"], target_group["Protocol"], target_group["Port"]) == ("ip", "TCP", 1935)
    assert target_group["HealthCheckProtocol"] == "TCP"
    assert target_group["HealthCheckIntervalSeconds"] == 10
    assert (target_group["HealthyThresholdCount"], target_group["UnhealthyThresholdCount"]) == (2, 3)


def test_a_listener_takes_rtmp_and_waits_longer_than_any_grace(ingest: Template) -> None:
    listener = ingest.only("AWS::ElasticLoadBalancingV2::Listener")
    assert (listener["Protocol"], listener["Port"]) == ("TCP", 1935)
    assert attributes(listener["ListenerAttributes"]) == {"tcp.idle_timeout.seconds": "350"}


def test_the_load_balancer_faces_the_internet_and_uses_every_zone(ingest: Template, stage: StageName) -> None:
    balancer = ingest.only("AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert (balancer["Type"], balancer["Scheme"]) == ("network", "internet-facing")
    assert attributes(balancer["LoadBalancerAttributes"]) == {
        "load_balancing.cross_zone.enabled": "true",
        "deletion_protection.enabled": "true" if stage == "prod" else "false",
    }


def test_only_the_load_balancer_reaches_a_node(ingest: Template) -> None:
    ingress = ingest.only("AWS::EC2::SecurityGroupIngress")
    assert (ingress["FromPort"], ingress["ToPort"]) == (1935, 1935)
    assert "SourceSecurityGroupId" in ingress
    open_to_all = [
        rule
        for group in ingest.of_type("AWS::EC2::SecurityGroup").values()
        for rule in group.get("SecurityGroupIngress", [])
    ]
    assert [(rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in open_to_all] == [("0.0.0.0/0", 1935, 1935)]
    (balancer,) = ingest.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    (guard,) = balancer["SecurityGroups"]
    assert ingress["SourceSecurityGroupId"] == guard


def test_a_failed_deployment_goes_back_and_a_good_one_leaves_no_gap(service: dict[str, Any]) -> None:
    deployment = service["DeploymentConfiguration"]
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)
    assert service["HealthCheckGracePeriodSeconds"] == 60


def test_a_node_has_two_minutes_to_end_its_streams(container: dict[str, Any]) -> None:
    assert container["StopTimeout"] == 120


def test_a_node_has_one_core_and_files_for_all_its_publishers(ingest: Template, container: dict[str, Any]) -> None:
    task = ingest.only("AWS::ECS::TaskDefinition")
    assert (task["Cpu"], task["Memory"], task["NetworkMode"]) == ("1024", "2048", "awsvpc")
    assert container["Ulimits"] == [{"Name": "nofile", "SoftLimit": 16000, "HardLimit": 16000}]
    assert container["ReadonlyRootFilesystem"] is True


def test_a_node_knows_its_stage_and_whose_proxy_headers_to_believe(
    ingest: Template, container: dict[str, Any], stage: StageName
) -> None:
    environment = {variable["Name"]: variable["Value"] for variable in container["Environment"]}
    (vpc,) = ingest.of_type("AWS::EC2::VPC")
    assert environment["STREAM_SYNC_STAGE"] == stage
    assert environment["STREAM_SYNC_RTMP_HOST"] == "0.0.0.0"
    assert environment["STREAM_SYNC_RTMP_PORT"] == "1935"
    assert environment["STREAM_SYNC_PROXY_NETWORKS"] == {"Fn::GetAtt": [vpc, "CidrBlock"]}
    assert not [name for name in environment if "SECRET" in name]


def test_a_node_knows_the_region_whose_streams_it_watches_over(ingest: Template, container: dict[str, Any]) -> None:
    """Wherever the stage is: as the control plane's own `STREAM_SYNC_INGEST_URLS` says it."""
    environment = {variable["Name"]: variable["Value"] for variable in container["Environment"]}
    (balancer,) = ingest.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer")
    separator, parts = environment["STREAM_SYNC_INGEST_URLS"]["Fn::Join"]
    known = {"AWS::Region": "eu-west-1", balancer: "nlb.example.com"}
    said = separator.join(
        part if isinstance(part, str) else known[part["Ref"] if "Ref" in part else part["Fn::GetAtt"][0]]
        for part in parts
    )
    assert json.loads(said) == {"eu-west-1": "rtmp://nlb.example.com:1935/live"}


def test_a_stalled_log_service_does_not_stall_media(container: dict[str, Any]) -> None:
    options = container["LogConfiguration"]["Options"]
    assert (options["mode"], options["max-buffer-size"]) == ("non-blocking", "8388608b")


def test_the_lease_does_not_cross_the_internet(ingest: Template) -> None:
    services = [
        "".join(part for part in endpoint["ServiceName"]["Fn::Join"][1] if isinstance(part, str))
        for endpoint in ingest.of_type("AWS::EC2::VPCEndpoint").values()
    ]
    assert sorted(services) == ["com.amazonaws..dynamodb", "com.amazonaws..s3"]
