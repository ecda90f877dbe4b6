"""What CloudFront caches, asks of the origin and adds to answers: wrong values deploy silently, so they stand here."""

from pathlib import Path
from typing import Any

import pytest

from infra.stages import StageName
from ingest_container.media.http_server import HttpLimits
from ingest_container.media.origin import OriginLimits
from tests.infra.conftest import Template, WithDomain


@pytest.fixture
def distribution(edge: Template) -> dict[str, Any]:
    return edge.only("AWS::CloudFront::Distribution")["DistributionConfig"]  # type: ignore[no-any-return]


def behaviour(distribution: dict[str, Any], path: str) -> dict[str, Any]:
    (found,) = [one for one in distribution["CacheBehaviors"] if one["PathPattern"] == path]
    return found  # type: ignore[no-any-return]


def origin_of(distribution: dict[str, Any], behaviour: dict[str, Any]) -> dict[str, Any]:
    (found,) = [one for one in distribution["Origins"] if one["Id"] == behaviour["TargetOriginId"]]
    return found  # type: ignore[no-any-return]


def cache_key(edge: Template, behaviour: dict[str, Any]) -> dict[str, Any]:
    policies = edge.of_type("AWS::CloudFront::CachePolicy")
    return policies[behaviour["CachePolicyId"]["Ref"]]["CachePolicyConfig"]  # type: ignore[no-any-return]


def headers(edge: Template, behaviour: dict[str, Any]) -> dict[str, Any]:
    policies = edge.of_type("AWS::CloudFront::ResponseHeadersPolicy")
    return policies[behaviour["ResponseHeadersPolicyId"]["Ref"]]["ResponseHeadersPolicyConfig"]  # type: ignore[no-any-return]


def function_of(edge: Template, behaviour: dict[str, Any]) -> str:
    """The name of the one function before it."""
    (association,) = behaviour["FunctionAssociations"]
    assert association["EventType"] == "viewer-request"
    name: str = edge.of_type("AWS::CloudFront::Function")[association["FunctionARN"]["Fn::GetAtt"][0]]["Name"]
    return name.split("-", 3)[3]


def test_paths_are_matched_in_this_order(distribution: dict[str, Any]) -> None:
    assert [one["PathPattern"] for one in distribution["CacheBehaviors"]] == [
        "/live/*/viewers",
        "/live/*",
        "/vod/*",
        "/embed/*",
    ]


@pytest.mark.requirement("FX-7")
def test_a_playlist_is_keyed_on_what_makes_it_differ(edge: Template, distribution: dict[str, Any]) -> None:
    config = cache_key(edge, behaviour(distribution, "/live/*"))
    key = config["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"] == {
        "QueryStringBehavior": "whitelist",
        "QueryStrings": ["_HLS_msn", "_HLS_part", "_HLS_skip"],
    }
    assert (key["HeadersConfig"], key["CookiesConfig"]) == ({"HeaderBehavior": "none"}, {"CookieBehavior": "none"})
    assert key["EnableAcceptEncodingGzip"] is True
    assert (config["MinTTL"], config["DefaultTTL"], config["MaxTTL"]) == (0, 0, 31_536_000)


def test_files_are_keyed_on_their_path(edge: Template, distribution: dict[str, Any]) -> None:
    for one in (behaviour(distribution, "/vod/*"), distribution["DefaultCacheBehavior"]):
        key = cache_key(edge, one)["ParametersInCacheKeyAndForwardedToOrigin"]
        assert key["QueryStringsConfig"] == {"QueryStringBehavior": "none"}
        assert (key["HeadersConfig"], key["CookiesConfig"]) == ({"HeaderBehavior": "none"}, {"CookieBehavior": "none"})
        assert cache_key(edge, one)["MinTTL"] == 0


@pytest.mark.requirement("FX-7")
def test_no_error_is_cached_for_longer_than_a_second(distribution: dict[str, Any]) -> None:
    ttls = {one["ErrorCode"]: one["ErrorCachingMinTTL"] for one in distribution["CustomErrorResponses"]}
    assert {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504} == set(ttls), "all that CloudFront caches otherwise"
    assert set(ttls.values()) <= {0, 1}
    assert not any("ResponsePagePath" in one for one in distribution["CustomErrorResponses"])


def test_the_origin_may_let_a_playlist_request_wait(distribution: dict[str, Any]) -> None:
    origin = origin_of(distribution, behaviour(distribution, "/live/*"))
    assert origin["CustomOriginConfig"]["OriginReadTimeout"] > OriginLimits().wait_s + 2
    assert origin["CustomOriginConfig"]["OriginKeepaliveTimeout"] < HttpLimits().header_s, "CloudFront closes first"
    assert (origin["ConnectionAttempts"], origin["ConnectionTimeout"]) == (2, 3)


@pytest.mark.requirement("FX-7")
def test_live_and_recordings_come_from_the_nodes(distribution: dict[str, Any], stage: StageName) -> None:
    """A bucket does not know whose recordings are private."""
    for path in ("/live/*", "/vod/*"):
        origin = origin_of(distribution, behaviour(distribution, path))
        assert origin["CustomOriginConfig"]["HTTPPort"] == 8080
        assert origin["DomainName"]["Fn::ImportValue"].startswith(f"stream-sync-{stage}-ingest:")


def test_buckets_are_read_with_origin_access_control(edge: Template, distribution: dict[str, Any]) -> None:
    for one in (
        behaviour(distribution, "/embed/*"),
        distribution["DefaultCacheBehavior"],
    ):
        assert origin_of(distribution, one)["OriginAccessControlId"]
    for control in edge.of_type("AWS::CloudFront::OriginAccessControl").values():
        assert control["OriginAccessControlConfig"]["SigningBehavior"] == "always"


@pytest.mark.requirement("FX-15")
def test_tokens_are_checked_before_a_cache_answers(edge: Template, distribution: dict[str, Any]) -> None:
    for path in ("/live/*", "/live/*/viewers", "/vod/*"):
        assert function_of(edge, behaviour(distribution, path)) == "playback-token"
    (checks,) = [f for f in edge.of_type("AWS::CloudFront::Function").values() if f["Name"].endswith("playback-token")]
    assert checks["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert len(checks["FunctionConfig"]["KeyValueStoreAssociations"]) == 1
    assert checks["AutoPublish"] is True


def test_functions_fit_into_cloudfronts_limit(edge: Template) -> None:
    for one in edge.of_type("AWS::CloudFront::Function").values():
        assert len(one["FunctionCode"].encode()) < 10 * 1024


def test_only_viewers_reports_are_posted(distribution: dict[str, Any]) -> None:
    """They reach the node, with the viewer's address in X-Forwarded-For; CloudFront caches no POST."""
    for one in (*distribution["CacheBehaviors"], distribution["DefaultCacheBehavior"]):
        assert ("POST" in one["AllowedMethods"]) == (one.get("PathPattern") == "/live/*/viewers")


def test_each_route_of_the_pages_finds_its_file(edge: Template, distribution: dict[str, Any]) -> None:
    assert distribution["DefaultRootObject"] == "index.html"
    for one in (behaviour(distribution, "/embed/*"), distribution["DefaultCacheBehavior"]):
        assert function_of(edge, one) == "site"


def test_only_embedded_players_may_be_framed(edge: Template, distribution: dict[str, Any]) -> None:
    def security(one: dict[str, Any]) -> dict[str, Any]:
        return headers(edge, one)["SecurityHeadersConfig"]  # type: ignore[no-any-return]

    page, embedded = security(distribution["DefaultCacheBehavior"]), security(behaviour(distribution, "/embed/*"))
    assert policy_of(page)["frame-ancestors"] == "'none'"
    assert page["FrameOptions"]["FrameOption"] == "DENY"
    assert policy_of(embedded)["frame-ancestors"] == "*"
    assert "FrameOptions" not in embedded


@pytest.mark.requirement("HI-10")
def test_pages_run_their_own_scripts_and_talk_to_the_stages_services_alone(
    edge: Template, distribution: dict[str, Any]
) -> None:
    for one in (distribution["DefaultCacheBehavior"], behaviour(distribution, "/embed/*")):
        config = headers(edge, one)
        policy = policy_of(config["SecurityHeadersConfig"])
        assert (policy["default-src"], policy["script-src"]) == ("'none'", "'self'")
        assert "unsafe" not in policy["style-src"]
        identity, apis = "https://cognito-idp.R.amazonaws.com", "*.execute-api.R.amazonaws.com"
        assert policy["connect-src"] == f"'self' https://{apis} wss://{apis} {identity}"
        assert config["SecurityHeadersConfig"]["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
        custom = {item["Header"]: item["Value"] for item in config["CustomHeadersConfig"]["Items"]}
        assert custom["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in custom["Permissions-Policy"]


def test_a_stage_with_a_domain_names_its_services(with_domain: WithDomain) -> None:
    distribution = with_domain.edge.only("AWS::CloudFront::Distribution")["DistributionConfig"]
    policy = policy_of(headers(with_domain.edge, distribution["DefaultCacheBehavior"])["SecurityHeadersConfig"])
    identity = "https://cognito-idp.R.amazonaws.com"
    assert policy["connect-src"] == f"'self' https://api.live.example.com wss://ws.live.example.com {identity}"


def policy_of(security: dict[str, Any]) -> dict[str, str]:
    """Its directives; the region is R."""
    content = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    if isinstance(content, dict):
        content = "".join("R" if part == {"Ref": "AWS::Region"} else part for part in content["Fn::Join"][1])
    found = (directive.partition(" ") for directive in content.split("; "))
    return {name: sources for name, _, sources in found}


def test_everything_says_https_and_no_sniffing(edge: Template, distribution: dict[str, Any]) -> None:
    for one in (*distribution["CacheBehaviors"], distribution["DefaultCacheBehavior"]):
        config = headers(edge, one)["SecurityHeadersConfig"]
        assert config["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 63_072_000
        assert config["ContentTypeOptions"] == {"Override": True}


def test_players_of_other_sites_get_cors_and_no_redirect(edge: Template, distribution: dict[str, Any]) -> None:
    for path in ("/live/*", "/vod/*"):
        one = behaviour(distribution, path)
        assert set(one["AllowedMethods"]) == {"GET", "HEAD", "OPTIONS"}
        assert one["ViewerProtocolPolicy"] == "https-only"
        assert "CorsConfig" not in headers(edge, one), "the origin says it itself"


def test_the_dashboards_files_are_private_to_cloudfront(edge: Template) -> None:
    bucket = edge.only("AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    allowed = [
        statement
        for statement in edge.only("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert {tuple(statement["Principal"].items()) for statement in allowed} == {
        (("Service", "cloudfront.amazonaws.com"),)
    }


def test_a_name_of_ones_own_comes_with_its_certificate(edge: Template, distribution: dict[str, Any]) -> None:
    for part in (distribution["Aliases"], distribution["ViewerCertificate"], edge.body["Outputs"]["SiteUrl"]["Value"]):
        assert "HasDomain" in str(part)
    assert distribution["ViewerCertificate"]["Fn::If"][1]["MinimumProtocolVersion"] == "TLSv1.2_2021"


def test_no_secret_is_in_the_template(edge: Template) -> None:
    assert "resolve:secretsmanager" not in Path(edge.path).read_text()
