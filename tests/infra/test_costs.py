"""The monthly cost of a stage, against what AWS's price list says by hand."""

import pytest

from infra.costs import Load, monthly, nodes, table, total
from infra.stages import STAGES

PROD = STAGES["prod"]


def item(load: Load, name: str) -> float:
    return next(one.dollars for one in monthly(PROD, load) if one.name.startswith(name))


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
