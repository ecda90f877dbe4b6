"""Values that decide whether live streams survive. CloudFormation takes wrong ones silently, so they stand here."""

import json
import re
from typing import Any

import pytest

from chalicelib.domain.metrics import NAMESPACE, UTILIZATION
from chalicelib.domain.nodes import PROVEN_AFTER
from infra.network import DEREGISTRATION_S
from infra.stages import StageName
from tests.infra.conftest import Template


def attributes(pairs: list[dict[str, str]]) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in pairs}


def on_port(resources: dict[str, dict[str, Any]], port: int) -> dict[str, Any]:
    (found,) = [one for one in resources.values() if one["Port"] == port]
    return found


@pytest.fixture
def target_group(ingest: Template) -> dict[str, Any]:
    return on_port(ingest.of_type("AWS::ElasticLoadBalancingV2::TargetGroup"), 1935)


@pytest.fixture
def container(ingest: Template) -> dict[str, Any]:
    (only,) = ingest.only("AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    return only  # type: ignore[no-any-return]


@pytest.fixture
def service(ingest: Template) -> dict[str, Any]:
    return ingest.only("AWS::ECS::Service")


def test_target_group_attributes(target_group: dict[str, Any]) -> None:
    assert attributes(target_group["TargetGroupAttributes"]) == {
        "proxy_protocol_v2.enabled": "true",
        "preserve_client_ip.enabled": "false",
        "target_health_state.unhealthy.connection_termination.enabled": "false",
        "deregistration_delay.connection_termination.enabled": "false",
        "deregistration_delay.timeout_seconds": "120",
    }


def check_of(group: dict[str, Any]) -> tuple[str, str, str, dict[str, str]]:
    protocol, port, path = (group[f"HealthCheck{name}"] for name in ("Protocol", "Port", "Path"))
    return protocol, port, path, group["Matcher"]


@pytest.mark.requirement("FX-21")
def test_a_node_that_is_not_ready_gets_no_publishers_within_half_a_minute(target_group: dict[str, Any]) -> None:
    assert (target_group["TargetType"], target_group["Protocol"], target_group["Port"]) == ("ip", "TCP", 1935)
    assert check_of(target_group) == ("HTTP", "8081", "/ready", {"HttpCode": "200"})
    assert (target_group["HealthCheckIntervalSeconds"], target_group["HealthCheckTimeoutSeconds"]) == (10, 5)
    assert (target_group["HealthyThresholdCount"], target_group["UnhealthyThresholdCount"]) == (2, 2)


def test_a_listener_takes_rtmp_and_waits_longer_than_any_grace(ingest: Template) -> None:
    listener = on_port(ingest.of_type("AWS::ElasticLoadBalancingV2::Listener"), 1935)
    assert listener["Protocol"] == "TCP"
    assert attributes(listener["ListenerAttributes"]) == {"tcp.idle_timeout.seconds": "350"}


def test_the_load_balancer_faces_the_internet_and_crosses_zones_only_with_too_few_nodes(
    ingest: Template, stage: StageName
) -> None:
    balancer = ingest.only("AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert (balancer["Type"], balancer["Scheme"], balancer["IpAddressType"]) == (
        "network",
        "internet-facing",
        "dualstack",
    )
    assert attributes(balancer["LoadBalancerAttributes"]) == {
        # A node in each zone, or one that both must reach.
        "load_balancing.cross_zone.enabled": {"dev": "true", "prod": "false"}[stage],
        "deletion_protection.enabled": "true" if stage == "prod" else "false",
    }


def test_a_second_listener_leads_to_the_nodes_origins(ingest: Template) -> None:
    listener = on_port(ingest.of_type("AWS::ElasticLoadBalancingV2::Listener"), 8080)
    groups = ingest.of_type("AWS::ElasticLoadBalancingV2::TargetGroup")
    (name,) = [name for name, group in groups.items() if group["Port"] == 8080]
    assert listener["Protocol"] == "TCP"
    assert listener["DefaultActions"] == [{"TargetGroupArn": {"Ref": name}, "Type": "forward"}]
    assert attributes(groups[name]["TargetGroupAttributes"]) == {
        "proxy_protocol_v2.enabled": "false",  # the origin reads HTTP, nothing else
        "preserve_client_ip.enabled": "false",
        "deregistration_delay.timeout_seconds": "60",
    }


def test_viewers_are_sent_to_full_and_draining_nodes_too(ingest: Template) -> None:
    group = on_port(ingest.of_type("AWS::ElasticLoadBalancingV2::TargetGroup"), 8080)
    assert check_of(group) == ("HTTP", "8081", "/started", {"HttpCode": "200"})


def test_both_ports_of_a_task_are_registered(ingest: Template, service: dict[str, Any]) -> None:
    assert {one["ContainerPort"] for one in service["LoadBalancers"]} == {1935, 8080}


def test_a_node_is_reached_by_the_load_balancer_and_by_other_nodes_for_media(ingest: Template) -> None:
    (balancer,) = ingest.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    (guard,) = balancer["SecurityGroups"]
    ingress = ingest.of_type("AWS::EC2::SecurityGroupIngress").values()
    rules = [rule for rule in ingress if "SourceSecurityGroupId" in rule]
    nodes = rules[0]["GroupId"]
    assert {rule["FromPort"] == rule["ToPort"] for rule in rules} == {True}
    found = [(rule["FromPort"], rule["SourceSecurityGroupId"], rule["GroupId"]) for rule in rules]
    wanted = [(1935, guard, nodes), (8080, guard, nodes), (8081, guard, nodes)]
    wanted += [(1935, nodes, nodes), (8080, nodes, nodes)]
    assert sorted(found, key=str) == sorted(wanted, key=str)


def test_broadcasters_come_from_anywhere_and_viewers_through_cloudfront(ingest: Template) -> None:
    ingress = ingest.of_type("AWS::EC2::SecurityGroupIngress").values()
    from_outside = [
        *(
            r
            for group in ingest.of_type("AWS::EC2::SecurityGroup").values()
            for r in group.get("SecurityGroupIngress", [])
        ),
        *(rule for rule in ingress if "SourceSecurityGroupId" not in rule),
    ]
    found = [(r["FromPort"], r.get("CidrIp") or r.get("CidrIpv6"), r.get("SourcePrefixListId")) for r in from_outside]
    assert found == [
        (1935, "0.0.0.0/0", None),
        (1935, "::/0", None),
        (8080, None, {"Ref": "CloudFrontPrefixList"}),
    ]


def test_packaging_and_recording_are_switched_by_parameters(ingest: Template, container: dict[str, Any]) -> None:
    environment = {variable["Name"]: variable["Value"] for variable in container["Environment"]}
    assert environment["STREAM_SYNC_PACKAGING"] == {"Ref": "Packaging"}
    assert environment["STREAM_SYNC_ORIGIN_PORT"] == "8080"
    condition, place, off = environment["STREAM_SYNC_RECORDING"]["Fn::If"]
    assert ingest.body["Conditions"][condition] == {"Fn::Equals": [{"Ref": "Recording"}, "on"]}
    assert (place["Fn::Join"][1][0], place["Fn::Join"][1][-1], off) == ("s3://", "/vod", "off")
    for name in ("Packaging", "Recording"):
        assert ingest.body["Parameters"][name]["AllowedValues"] == ["on", "off"]


def test_a_node_gets_the_secrets_of_playback_tokens_and_no_other(container: dict[str, Any]) -> None:
    assert [secret["Name"] for secret in container["Secrets"]] == ["STREAM_SYNC_PLAYBACK_SECRETS"]


def statements(ingest: Template) -> list[dict[str, Any]]:
    """What roles are allowed."""
    return [
        statement
        for role in ingest.of_type("AWS::IAM::Role").values()
        for policy in role.get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_a_node_writes_and_reads_recordings_and_removes_none(ingest: Template) -> None:
    on_s3 = {
        action
        for s in statements(ingest)
        for action in [*([s["Action"]] if isinstance(s["Action"], str) else s["Action"])]
    }
    assert {action for action in on_s3 if action.startswith("s3:")} == {"s3:GetObject", "s3:PutObject", "s3:ListBucket"}


def test_a_failed_deployment_goes_back_and_a_good_one_leaves_no_gap(service: dict[str, Any]) -> None:
    deployment = service["DeploymentConfiguration"]
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)


@pytest.mark.requirement("FX-21")
def test_a_health_check_of_the_load_balancer_stops_no_task(service: dict[str, Any]) -> None:
    """ECS takes a node that is full for one that is dead, unless it is told not to look."""
    assert service["HealthCheckGracePeriodSeconds"] == 2_147_483_647, "the longest that it allows"


def test_a_deployment_waits_for_the_event_loop_of_a_new_node(container: dict[str, Any]) -> None:
    check = container["HealthCheck"]
    assert (check["Interval"], check["Timeout"], check["Retries"], check["StartPeriod"]) == (15, 10, 3, 15)
    *command, code = check["Command"]
    assert command == ["CMD", "python", "-c"]
    environment = {variable["Name"]: variable["Value"] for variable in container["Environment"]}
    assert (environment["STREAM_SYNC_HEALTH_HOST"], environment["STREAM_SYNC_HEALTH_PORT"]) == ("0.0.0.0", "8081")
    assert {"/live", "8081"} <= set(re.findall(r"/live|8081", code))
    compile(code, "health check", "exec")


@pytest.mark.requirement("FX-21")
def test_nodes_scale_by_what_they_use_and_a_deployment_keeps_their_number(
    ingest: Template, service: dict[str, Any], stage: StageName
) -> None:
    assert "DesiredCount" not in service
    target = ingest.only("AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == {"dev": (1, 2), "prod": (2, 20)}[stage]
    policy = ingest.only("AWS::ApplicationAutoScaling::ScalingPolicy")
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    assert policy["PolicyType"] == "TargetTrackingScaling"
    assert (tracking["TargetValue"], tracking["ScaleOutCooldown"], tracking["ScaleInCooldown"]) == (60, 60, 900)
    assert tracking["CustomizedMetricSpecification"] == {
        "Namespace": NAMESPACE,
        "MetricName": UTILIZATION.name,
        "Statistic": "Average",
        "Dimensions": [{"Name": "service", "Value": "ingest"}, {"Name": "stage", "Value": stage}],
    }


@pytest.mark.requirement("FX-21")
def test_a_node_may_protect_tasks_of_its_own_cluster(ingest: Template, stage: StageName) -> None:
    (protection,) = [s for s in statements(ingest) if s.get("Sid") == "Protection"]
    assert protection["Action"] == ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]
    assert protection["Resource"]["Fn::Join"][1][-1] == f":task/stream-sync-{stage}/*"


def test_a_node_has_two_minutes_to_move_and_to_end_its_streams(container: dict[str, Any]) -> None:
    assert container["StopTimeout"] == 120
    environment = {variable["Name"]: variable["Value"] for variable in container["Environment"]}
    drain, notice, stop = (
        int(environment[f"STREAM_SYNC_{name}"]) for name in ("DRAIN_SECONDS", "DRAIN_NOTICE_SECONDS", "STOP_SECONDS")
    )
    assert 20 < notice < drain / 2, "the load balancer's two checks, and time for the streams"
    assert drain + stop <= 110


@pytest.mark.requirement("FX-22")
def test_a_deployment_empties_the_old_nodes_before_cloudformation_gives_up(
    container: dict[str, Any], stage: StageName
) -> None:
    environment = {variable["Name"]: variable["Value"] for variable in container["Environment"]}
    seconds = int(environment["STREAM_SYNC_REPLACED_DRAIN_SECONDS"])
    assert seconds == {"dev": 300, "prod": 2700}[stage]
    assert seconds + PROVEN_AFTER / 1000 + DEREGISTRATION_S + 300 < 3600, "and 5 minutes to start the new ones"


def test_a_node_has_one_core_and_files_for_all_its_publishers(ingest: Template, container: dict[str, Any]) -> None:
    task = ingest.only("AWS::ECS::TaskDefinition")
    assert (task["Cpu"], task["Memory"], task["NetworkMode"]) == ("1024", "2048", "awsvpc")
    assert container["Ulimits"] == [{"Name": "nofile", "SoftLimit": 25000, "HardLimit": 25000}]
    assert container["ReadonlyRootFilesystem"] is True


def test_a_node_knows_its_stage_and_whose_proxy_headers_to_believe(
    ingest: Template, container: dict[str, Any], stage: StageName
) -> None:
    environment = {variable["Name"]: variable["Value"] for variable in container["Environment"]}
    (vpc,) = ingest.of_type("AWS::EC2::VPC")
    assert environment["STREAM_SYNC_STAGE"] == stage
    assert environment["STREAM_SYNC_RTMP_HOST"] == "0.0.0.0"
    assert environment["STREAM_SYNC_RTMP_PORT"] == "1935"
    for name in ("STREAM_SYNC_PROXY_NETWORKS", "STREAM_SYNC_FORWARDED_NETWORKS"):
        assert environment[name] == {"Fn::GetAtt": [vpc, "CidrBlock"]}
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
