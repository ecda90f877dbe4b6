"""What is before API and pages, and what it must let through."""

import json
from typing import Any

import pytest

from infra.firewall import COUNTED_BY_API
from infra.stages import StageName
from tests.infra.conftest import ROOT, Template, Templates, WithDomain

ACL = "AWS::WAFv2::WebACL"
MANAGED = {
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
}


@pytest.fixture
def api_front(templates: dict[StageName, Templates], stage: StageName) -> Template:
    return templates[stage].api_front


@pytest.fixture
def site_front(templates: dict[StageName, Templates], stage: StageName) -> Template:
    return templates[stage].site_front


def rules(template: Template) -> dict[str, dict[str, Any]]:
    return {rule["Name"]: rule for rule in template.only(ACL)["Rules"]}


def rates(template: Template) -> dict[str, dict[str, Any]]:
    statements = {name: rule["Statement"].get("RateBasedStatement") for name, rule in rules(template).items()}
    return {name: statement for name, statement in statements.items() if statement is not None}


def test_managed_rules_block_and_rates_are_by_address(api_front: Template, site_front: Template) -> None:
    for template in (api_front, site_front):
        found = rules(template)
        assert set(found) >= MANAGED
        assert all(found[name]["OverrideAction"] == {"None": {}} for name in MANAGED)
        assert {rate["AggregateKeyType"] for rate in rates(template).values()} == {"IP"}
        assert all(found[name]["Action"] == {"Block": {}} for name in rates(template))


def test_what_the_api_accepts_on_purpose_is_counted_and_not_blocked(api_front: Template) -> None:
    common = rules(api_front)["AWSManagedRulesCommonRuleSet"]["Statement"]["ManagedRuleGroupStatement"]
    overrides = {one["Name"]: one["ActionToUse"] for one in common["RuleActionOverrides"]}
    assert overrides == {rule: {"Count": {}} for rule in COUNTED_BY_API}


def test_media_servers_callbacks_are_in_no_rate(api_front: Template) -> None:
    (rate,) = rates(api_front).values()
    excluded = rate["ScopeDownStatement"]["NotStatement"]["Statement"]["ByteMatchStatement"]
    assert (excluded["SearchString"], excluded["PositionalConstraint"]) == ("/hooks/", "CONTAINS")


def test_players_have_a_rate_of_their_own(site_front: Template) -> None:
    found = rates(site_front)
    # Four requests a second, for five minutes, of 250 players behind one address.
    assert found["MediaRate"]["Limit"] == 250 * 4 * 300
    assert found["MediaRate"]["ScopeDownStatement"]["ByteMatchStatement"]["SearchString"] == "/live/"
    assert found["PagesRate"]["ScopeDownStatement"]["NotStatement"]


def test_the_firewall_is_before_the_stage_that_chalice_deploys(api_front: Template) -> None:
    association = api_front.only("AWS::WAFv2::WebACLAssociation")
    parts = association["ResourceArn"]["Fn::Join"][1]
    assert parts[-3:] == ["::/restapis/", {"Ref": "RestApiId"}, "/stages/api"]
    assert json.loads((ROOT / ".chalice" / "config.json").read_text())["api_gateway_stage"] == "api"


def test_no_key_and_no_token_is_logged(api_front: Template, site_front: Template) -> None:
    for template in (api_front, site_front):
        redacted = template.only("AWS::WAFv2::LoggingConfiguration")["RedactedFields"]
        assert {"UriPath": {}} in redacted
        assert {"QueryString": {}} in redacted
        headers = {one["SingleHeader"]["Name"] for one in redacted if "SingleHeader" in one}
        assert headers == {"authorization", "x-api-key", "cookie"}
        assert not any(rule["VisibilityConfig"]["SampledRequestsEnabled"] for rule in rules(template).values())


def test_cloudfront_has_the_firewall_where_the_stage_wants_it(edge: Template, with_domain: WithDomain) -> None:
    for template in (edge, with_domain.edge):
        config = template.only("AWS::CloudFront::Distribution")["DistributionConfig"]
        assert config["WebACLId"] == {"Fn::If": ["HasWebAcl", {"Ref": "WebAclArn"}, {"Ref": "AWS::NoValue"}]}


def test_api_and_websocket_have_names_where_the_stage_has_a_domain(with_domain: WithDomain) -> None:
    template = with_domain.api_front
    assert template.only("AWS::ApiGateway::DomainName")["DomainName"] == "api.live.example.com"
    assert template.only("AWS::ApiGatewayV2::DomainName")["DomainName"] == "ws.live.example.com"
    assert template.only("AWS::ApiGateway::BasePathMapping")["RestApiId"] == {"Ref": "RestApiId"}
    assert template.only("AWS::ApiGatewayV2::ApiMapping")["ApiId"] == {"Ref": "WebsocketApiId"}
    records = template.of_type("AWS::Route53::RecordSet").values()
    hosts = ("api.live.example.com.", "ws.live.example.com.")
    assert {(one["Name"], one["Type"]) for one in records} == {(host, kind) for host in hosts for kind in ("A", "AAAA")}


def test_pages_have_the_domains_name_and_its_certificate(with_domain: WithDomain) -> None:
    config = with_domain.edge.only("AWS::CloudFront::Distribution")["DistributionConfig"]
    assert config["Aliases"] == ["live.example.com"]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == {"Ref": "CertificateArn"}
    assert "Default" not in with_domain.edge.body["Parameters"]["CertificateArn"], "without it, nobody answers there"
    assert with_domain.site_front.only("AWS::CertificateManager::Certificate")["DomainName"] == "live.example.com"
    records = with_domain.edge.of_type("AWS::Route53::RecordSet").values()
    assert {(one["Name"], one["Type"]) for one in records} == {
        ("live.example.com.", "A"),
        ("live.example.com.", "AAAA"),
    }
