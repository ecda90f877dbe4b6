"""The monthly cost of a stage, against what AWS's price list says by hand."""

import json
from dataclasses import replace

import pytest

from chalicelib.domain.metrics import Service
from infra import actions, costs
from infra.alarms import ALARMS
from infra.costs import Load, monthly, nodes, table, total
from infra.stages import STAGES, Stage, StageName
from tests.infra.conftest import Template, Templates, WithDomain

PROD = STAGES["prod"]
TWO_REGIONS = replace(PROD, remote=("eu-west-1",))


def item(load: Load, name: str, stage: Stage = PROD) -> float:
    return next((one.dollars for one in monthly(stage, load) if one.name.startswith(name)), 0.0)


def test_a_stage_without_streams_costs_its_two_nodes_and_its_fixed_parts() -> None:
    assert item(Load(0), "Fargate") == pytest.approx(2 * (0.03238 + 2 * 0.00356) * 730)
    assert item(Load(0), "Load balancer, hours") == pytest.approx(16.425)
    assert item(Load(0), "Public IPv4") == pytest.approx(4 * 0.005 * 730)
    assert 100 < total(monthly(PROD, Load(0))) < 200


def test_a_stream_hour_at_six_megabits_costs_the_load_balancer_under_two_cents() -> None:
    assert item(Load(1_000), "Load balancer, traffic") / (1_000 * 730) == pytest.approx(0.0162)


def test_cross_zone_balancing_would_cost_more_than_the_load_balancer() -> None:
    assert "Traffic between zones" not in {one.name for one in monthly(PROD, Load(1_000))}
    crossing = Load(1_000, cross_zone=True)
    assert item(crossing, "Traffic between zones") / (1_000 * 730) == pytest.approx(0.027)
    assert item(crossing, "Traffic between zones") > item(crossing, "Load balancer, traffic")


def test_a_viewer_hour_costs_its_traffic_and_its_requests() -> None:
    assert item(Load(1, viewers=1), "Viewers") / 730 == pytest.approx(1.8 * 0.085 + 0.0144)


def test_recordings_are_paid_by_segment_and_by_what_is_kept() -> None:
    assert item(Load(1, recorded=1), "Recordings") == pytest.approx(730 * 1_800 * 0.005e-3 + 2.7 * 24 * 30 * 0.023)


@pytest.mark.parametrize("streams", [0, 10, 149, 151, 1_000, 10_000])
def test_nodes_have_room_for_all_streams(streams: int) -> None:
    count = nodes(PROD, Load(streams))
    assert count >= PROD.tasks
    assert streams * 12 <= count * 1_800, "MiB of packaged streams"
    assert streams * 0.00075 * 4.7 <= count * 0.6, "cores"


def test_more_streams_never_cost_less() -> None:
    bills = [total(monthly(PROD, Load(streams))) for streams in range(0, 2_000, 50)]
    assert bills == sorted(bills)


def test_the_table_has_a_column_for_each_load_and_the_sum_of_its_rows() -> None:
    lines = table(PROD, [Load(0), Load(10)]).splitlines()
    assert {line.count("|") for line in lines} == {4}
    assert lines[0].split("|")[2:4] == [" 0 streams ", " 10 streams "]
    assert len([line for line in lines if line.startswith("| Fargate |")]) == 1


# --- what the deployment has, and what was measured -----------------------------------------------------------------


def test_parts_that_are_billed_by_the_month_are_those_of_the_templates(templates: dict[StageName, Templates]) -> None:
    prod = templates["prod"]
    assert len(prod.data.of_type("AWS::SecretsManager::Secret")) + 1 == costs.SECRETS, "and the administrator's"
    assert len(prod.data.of_type("AWS::KMS::Key")) == 1
    acls = [acl for part in prod.all for acl in part.of_type("AWS::WAFv2::WebACL").values()]
    assert len(acls) == costs.WEB_ACLS
    assert sum(len(acl["Rules"]) for acl in acls) == costs.WEB_ACL_RULES
    assert metrics_watched(prod.observability) == costs._watched(ALARMS)
    assert len(prod.observability.of_type("AWS::CloudWatch::Dashboard")) == 1


def metrics_watched(template: Template) -> int:
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()
    return sum(
        len([one for one in alarm.get("Metrics", [{"MetricStat": 1}]) if "MetricStat" in one]) for alarm in alarms
    )


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_traffic_between_zones_is_billed_where_the_balancer_crosses_them(
    stage: StageName, templates: dict[StageName, Templates]
) -> None:
    balancer = templates[stage].ingest.only("AWS::ElasticLoadBalancingV2::LoadBalancer")
    attributes = {each["Key"]: each["Value"] for each in balancer["LoadBalancerAttributes"]}
    crosses = attributes["load_balancing.cross_zone.enabled"] == "true"
    assert (item(Load(10), "Traffic between zones", STAGES[stage]) > 0) is crosses


def test_a_broadcast_is_billed_as_it_was_measured() -> None:
    """By hand: two hours of one stream, of which the nodes' own rows are taken off."""
    measured = json.loads(actions.RESULTS.read_text())["measured"]
    start = measured["start and end"]
    a_stream = 7_200 * (measured["measures of a stream"]["write_units"] / 5 + 1 / 60)
    dollars = 0.625e-6 * (start["write_units"] + a_stream) + 0.125e-6 * (start["read_units"] + 120 * 0.008)
    without = replace(PROD, tasks=20)  # the number of nodes does not depend on the streams
    more = item(Load(200, dashboards=0), "DynamoDB", without) - item(Load(100, dashboards=0), "DynamoDB", without)
    assert more / (100 * 365) == pytest.approx(dollars, rel=1e-3)


# --- further regions ------------------------------------------------------------------------------------------------


def test_a_further_region_costs_what_its_stacks_have(with_domain: WithDomain) -> None:
    """Before anybody streams: a load balancer, two nodes and their addresses, a secret, metrics and alarms."""
    alarms = metrics_watched(with_domain.remote_alarms)
    assert len(with_domain.remote.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer")) == 1
    assert "AWS::EC2::NatGateway" not in {one["Type"] for one in with_domain.remote.body["Resources"].values()}
    endpoints = with_domain.remote.of_type("AWS::EC2::VPCEndpoint").values()
    assert {one.get("VpcEndpointType") for one in endpoints} == {"Gateway"}, "these cost nothing"
    fixed = {name: item(Load(0), name, TWO_REGIONS) - item(Load(0), name) for name in ("Load", "Public", "Secrets")}
    assert fixed == pytest.approx({"Load": 0.0225 * 730, "Public": 4 * 0.005 * 730, "Secrets": 0.40})
    assert item(Load(0), "Fargate", TWO_REGIONS) == pytest.approx(2 * item(Load(0), "Fargate"))
    more = item(Load(0), "CloudWatch", TWO_REGIONS) - item(Load(0), "CloudWatch")
    metrics = costs._published(Service.INGEST) * 0.30
    assert more == pytest.approx(alarms * 0.10 + metrics + 2 * 730 * 1e-3 * 0.50)


def test_streams_are_spread_over_the_regions_and_not_paid_twice() -> None:
    assert nodes(TWO_REGIONS, Load(1_000)) == 2 * nodes(PROD, Load(500))
    assert item(Load(1_000), "Load balancer, traffic", TWO_REGIONS) == item(Load(1_000), "Load balancer, traffic")


def test_a_further_regions_writes_and_recordings_leave_it() -> None:
    assert item(Load(1_000), "Traffic between regions") == 0
    idle = item(Load(0), "Traffic between regions", TWO_REGIONS)
    busy = item(Load(1_000), "Traffic between regions", TWO_REGIONS)
    assert 0 < idle < busy
    recorded = item(Load(1_000, recorded=0.5), "Traffic between regions", TWO_REGIONS)
    assert recorded - busy == pytest.approx(0.02 * 500 * 2.7 * 730 * 0.5), "the half of the streams that are away"
