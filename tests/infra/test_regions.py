"""Further ingest regions: each has a network of its own, and is deployed and deleted with the stage."""

import ipaddress
import itertools
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from infra.alarm_shapes import Of
from infra.alarms import ALARMS, NODE_ALARMS
from infra.deploy import regions, stacks
from infra.deploy.run import Run
from infra.stages import REMOTE_REGIONS, STAGES, network_range
from tests.infra.conftest import Template, WithDomain

pytestmark = pytest.mark.requirement("SS-6.1")

STAGE = replace(STAGES["dev"], remote=("eu-west-1", "ap-south-1"))


def test_no_two_regions_share_addresses_so_that_their_networks_can_be_peered() -> None:
    ranges = [ipaddress.ip_network(network_range(region)) for region in (None, *REMOTE_REGIONS)]
    assert not [pair for pair in itertools.combinations(ranges, 2) if pair[0].overlaps(pair[1])]
    assert {one.prefixlen for one in ranges} == {16}
    assert len(set(REMOTE_REGIONS)) == len(REMOTE_REGIONS)


@pytest.mark.parametrize(
    ("region", "network"), [(None, "10.40.0.0/16"), ("us-east-1", "10.41.0.0/16"), ("eu-west-1", "10.49.0.0/16")]
)
def test_a_regions_network_stays_when_others_are_added(region: str | None, network: str) -> None:
    """A changed range would replace the VPC, and everything in it."""
    assert network_range(region) == network


def test_a_region_without_a_network_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="add it at the end of REMOTE_REGIONS"):
        network_range("eu-south-9")


def test_the_templates_have_these_networks(with_domain: WithDomain) -> None:
    found = [template.only("AWS::EC2::VPC")["CidrBlock"] for template in (with_domain.ingest, with_domain.remote)]
    assert found == ["10.40.0.0/16", network_range("eu-west-1")]


def test_nodes_of_a_further_region_package_nothing_unless_told_to(with_domain: WithDomain, ingest: Template) -> None:
    assert with_domain.remote.body["Parameters"]["Packaging"]["Default"] == "off"
    assert ingest.body["Parameters"]["Packaging"]["Default"] == "on"


def test_a_further_region_has_the_alarms_of_its_nodes(with_domain: WithDomain) -> None:
    made = with_domain.remote_alarms.of_type("AWS::CloudWatch::Alarm").values()
    assert {one["AlarmName"] for one in made} == {f"stream-sync-prod-{alarm.name}" for alarm in NODE_ALARMS}
    assert with_domain.remote_alarms.of_type("AWS::CloudWatch::Dashboard") == {}, "its name is taken in all regions"


def test_alarms_of_nodes_are_those_that_are_not_about_functions_or_queues_alone() -> None:
    nodes = {Of.INGEST, Of.BALANCER, Of.TARGETS}
    assert {alarm.name for alarm in NODE_ALARMS} == {
        alarm.name for alarm in ALARMS if any(series.of in nodes for series in alarm.series.values())
    }
    for alarm in NODE_ALARMS:
        assert {series.of for series in alarm.series.values()} <= nodes
        assert alarm.expression is None or all(name in alarm.expression for name in alarm.series)
        assert "functions" not in (alarm.expression or "")


# --- deployment -------------------------------------------------------------------------------------------------------


@dataclass
class Aws:
    """Clients by region; `replicas` of the nodes' secret."""

    region_name: str = "us-east-1"
    replicas: list[str] = field(default_factory=list)

    def client(self, service: str, region_name: str = "us-east-1") -> "Client":
        return Client(self, service, region_name)


@dataclass
class Client:
    aws: Aws
    service: str
    region: str

    def describe_managed_prefix_lists(self, **_given: Any) -> dict[str, Any]:
        return {"PrefixLists": [{"PrefixListId": f"pl-{self.region}"}]}

    def describe_secret(self, **_given: Any) -> dict[str, Any]:
        return {"ReplicationStatus": [{"Region": region} for region in self.aws.replicas]}

    def replicate_secret_to_regions(self, *, AddReplicaRegions: list[dict[str, str]], **_given: Any) -> None:  # noqa: N803 - AWS's name
        self.aws.replicas += [one["Region"] for one in AddReplicaRegions]

    def remove_regions_from_replication(self, *, RemoveReplicaRegions: list[str], **_given: Any) -> None:  # noqa: N803
        self.aws.replicas = [region for region in self.aws.replicas if region not in RemoveReplicaRegions]

    def describe_stacks(self, **_given: Any) -> dict[str, Any]:
        outputs = [{"OutputKey": "MediaBucket", "OutputValue": "media"}]
        return {"Stacks": [{"StackStatus": "CREATE_COMPLETE", "Outputs": outputs}]}


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, str]]]:
    """Which stack was deployed or deleted, where, with what."""
    found: list[tuple[str, str, dict[str, str]]] = []
    monkeypatch.setattr(stacks, "deploy", lambda run, noun, given=None: found.append((noun, run.region, given or {})))
    monkeypatch.setattr(stacks, "delete", lambda run, noun: found.append((noun, run.region, {})))
    return found


def a_run(aws: Aws, tmp_path: Path) -> Run:
    return Run(STAGE, session=aws, root=tmp_path, say=lambda _line: None)


def test_nodes_are_deployed_in_one_region_after_another_and_told_of_the_data(
    done: list[tuple[str, str, dict[str, str]]], tmp_path: Path
) -> None:
    aws = Aws(replicas=["ap-south-1"])
    regions.deploy_ingest(a_run(aws, tmp_path), "repository@sha256:1")
    regions.deploy_observability(a_run(aws, tmp_path))
    assert [(noun, region) for noun, region, _ in done] == [
        ("ingest-eu-west-1", "eu-west-1"),
        ("ingest-ap-south-1", "ap-south-1"),
        ("observability-eu-west-1", "eu-west-1"),
        ("observability-ap-south-1", "ap-south-1"),
    ]
    assert done[0][2] == {
        "CloudFrontPrefixList": "pl-eu-west-1",
        "ImageUri": "repository@sha256:1",
        "DataRegion": "us-east-1",
        "MediaBucket": "media",
    }
    assert aws.replicas == ["ap-south-1", "eu-west-1"], "once each"


def test_they_are_deleted_before_the_secret_that_they_read(
    done: list[tuple[str, str, dict[str, str]]], tmp_path: Path
) -> None:
    aws = Aws(replicas=["ap-south-1", "eu-west-1"])
    regions.delete(a_run(aws, tmp_path))
    assert [noun for noun, _, _ in done] == [
        *("observability-eu-west-1", "ingest-eu-west-1", "observability-ap-south-1", "ingest-ap-south-1")
    ]
    assert aws.replicas == [], "a secret with replicas cannot be deleted"
