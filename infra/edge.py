"""The Edge stack: CloudFront before the playback origin, the recordings and the dashboard. One name for all three.

    /live/*               the ingest nodes' origin, through the load balancer     cached as the origin says
    /live/*/viewers       the same, where players report themselves by POST       never cached
    /vod/*                the same: recordings, of which a private channel's are not for everybody
    /embed/*, the rest    the dashboard's bucket; only /embed/* may be framed by other pages

Linters do not judge these values; `tests/infra` pins them.
"""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3

from infra.edge_headers import CacheRules, HeaderRules
from infra.ingest import IngestStack
from infra.names import point, zone_of
from infra.stages import Stage

FUNCTIONS = Path(__file__).with_name("edge_functions")

# The origin lets a playlist request wait for 25 s; and closes a connection that has been idle for 30 s.
ORIGIN_TIMEOUT_S = 30
ORIGIN_KEEPALIVE_S = 20

# Seconds for which an error is cached, at least. CloudFront's own 10 s would hide a channel that has just started. A
# second where many may ask for what is not there, or for what does not answer.
ERRORS = {400: 0, 403: 0, 404: 1, 405: 0, 414: 0, 416: 0, 500: 1, 501: 1, 502: 1, 503: 1, 504: 1}


class EdgeStack(cdk.Stack):
    """Parameters, all of them optional but `CertificateArn` where the stage has a domain:

    `DomainName`, `CertificateArn`: a name of your own, with its certificate of us-east-1.
    `WebAclArn`: the firewall of the site-front stack.
    """

    def __init__(self, scope: cdk.App, stage: Stage, synthesizer: cdk.IStackSynthesizer, ingest: IngestStack) -> None:
        super().__init__(
            scope,
            stage.stack("edge"),
            synthesizer=synthesizer,
            termination_protection=stage.keep,
            description=f"stream-sync {stage.name}: CloudFront before playback, recordings and dashboard",
        )
        self._stage = stage
        self._caches = CacheRules(self, stage)
        self._headers = HeaderRules(self, stage, self.region)
        site = self._site()
        distribution = self._distribution(site, ingest)
        domain = self._domain(distribution)
        self._firewall(distribution)
        for name, value, description in (
            ("PlaybackBaseUrl", f"https://{domain}/live", "Playback URLs begin so"),
            ("SiteUrl", f"https://{domain}", "Where the dashboard and the watch pages are"),
            ("SiteBucket", site.bucket_name, "Upload the dashboard here"),
            ("PlaybackSecretsStore", self._secrets.key_value_store_arn, "Where CloudFront finds the tokens' secrets"),
            ("DistributionId", distribution.distribution_id, "For invalidations"),
        ):
            cdk.CfnOutput(self, name, value=value, description=description)

    def _site(self) -> s3.Bucket:
        """The dashboard's files. They can be uploaded again at any time."""
        return s3.Bucket(
            self,
            "Site",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )

    def _distribution(self, site: s3.Bucket, ingest: IngestStack) -> cloudfront.Distribution:
        self._secrets = cloudfront.KeyValueStore(
            self,
            "PlaybackSecrets",
            key_value_store_name=f"{self._stage.prefix}-playback",
            comment="Secrets of playback tokens; infra/publish_playback_secret.sh puts them in",
        )
        tokens = self._function("PlaybackToken", "playback_token.js", self._secrets)
        routes = self._function("SiteRoutes", "site.js")
        live = origins.HttpOrigin(
            ingest.origin_name,
            # Without a domain the load balancer has no certificate. Its security group lets in CloudFront only.
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY
            if ingest.origin_has_tls
            else cloudfront.OriginProtocolPolicy.HTTP_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            http_port=ingest.origin_port,
            https_port=ingest.origin_port,
            read_timeout=cdk.Duration.seconds(ORIGIN_TIMEOUT_S),
            keepalive_timeout=cdk.Duration.seconds(ORIGIN_KEEPALIVE_S),
            connection_attempts=2,
            connection_timeout=cdk.Duration.seconds(3),
        )
        files = origins.S3BucketOrigin.with_origin_access_control(site)
        page = self._behaviour(files, self._caches.files, self._headers.page, routes)
        return cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"{self._stage.prefix}: playback, recordings, dashboard",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            default_root_object="index.html",
            default_behavior=page,
            additional_behaviors={
                "/live/*/viewers": self._behaviour(
                    live, self._caches.live, self._headers.live, tokens, cors=True, posts=True
                ),
                "/live/*": self._behaviour(live, self._caches.live, self._headers.live, tokens, cors=True),
                "/vod/*": self._behaviour(live, self._caches.files, self._headers.live, tokens, cors=True),
                "/embed/*": self._behaviour(files, self._caches.files, self._headers.embedded, routes),
            },
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=cdk.Duration.seconds(ttl))
                for status, ttl in ERRORS.items()
            ],
        )

    def _behaviour(
        self,
        origin: cloudfront.IOrigin,
        cache: cloudfront.ICachePolicy,
        headers: cloudfront.IResponseHeadersPolicy,
        function: cloudfront.Function | None = None,
        *,
        cors: bool = False,
        posts: bool = False,
    ) -> cloudfront.BehaviorOptions:
        """`cors`: pages of other sites may ask for it, and their browsers send OPTIONS first."""
        methods = cloudfront.AllowedMethods
        reading = methods.ALLOW_GET_HEAD_OPTIONS if cors else methods.ALLOW_GET_HEAD
        event = cloudfront.FunctionEventType.VIEWER_REQUEST
        return cloudfront.BehaviorOptions(
            origin=origin,
            cache_policy=cache,
            response_headers_policy=headers,
            allowed_methods=methods.ALLOW_ALL if posts else reading,
            # A redirect breaks CORS in players; people type names without https.
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY
            if cors
            else cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            compress=True,  # text types only; what the origin has compressed stays as it is
            function_associations=[cloudfront.FunctionAssociation(function=function, event_type=event)]
            if function is not None
            else None,
        )

    def _function(self, name: str, file: str, store: cloudfront.KeyValueStore | None = None) -> cloudfront.Function:
        return cloudfront.Function(
            self,
            name,
            function_name=f"{self._stage.prefix}-{file.removesuffix('.js').replace('_', '-')}",
            code=cloudfront.FunctionCode.from_inline((FUNCTIONS / file).read_text()),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            key_value_store=store,
        )

    def _domain(self, distribution: cloudfront.Distribution) -> str:
        """The name of the distribution: that of the stage, yours by parameter if there is one, else CloudFront's."""
        if self._stage.domain is not None:
            domain, given = self._stage.domain.name, None
            point(self, "Site", zone_of(self, self._stage.domain), domain, targets.CloudFrontTarget(distribution))
        else:
            domain = self._parameter(
                "DomainName", "A name of your own; its DNS record points at the distribution", r"[a-z0-9.-]{3,253}"
            )
            given = self._given("HasDomain", domain)
        certificate = self._parameter(
            "CertificateArn",
            "ACM certificate of that name, in us-east-1",
            r"arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/[0-9a-f-]+",
            required=given is None,
        )
        viewers = {
            "AcmCertificateArn": certificate,
            "MinimumProtocolVersion": "TLSv1.2_2021",
            "SslSupportMethod": "sni-only",
        }
        self._override(distribution, {"Aliases": [domain], "ViewerCertificate": viewers}, given)
        if given is None:
            return domain
        return cdk.Token.as_string(cdk.Fn.condition_if(given.logical_id, domain, distribution.distribution_domain_name))

    def _firewall(self, distribution: cloudfront.Distribution) -> None:
        """It is billed by request, and a player makes four a second: a stage may do without."""
        arn = self._parameter(
            "WebAclArn",
            "Web ACL, output of the site-front stack",
            r"arn:[a-z-]+:wafv2:us-east-1:[0-9]{12}:global/webacl/[A-Za-z0-9/_-]+",
        )
        self._override(distribution, {"WebACLId": arn}, self._given("HasWebAcl", arn))

    def _parameter(self, name: str, description: str, pattern: str, *, required: bool = False) -> str:
        return cdk.CfnParameter(
            self,
            name,
            type="String",
            default=None if required else "",
            description=description,
            allowed_pattern=f"^{pattern}$" if required else f"^$|^{pattern}$",
        ).value_as_string

    def _given(self, name: str, value: str) -> cdk.CfnCondition:
        return cdk.CfnCondition(self, name, expression=cdk.Fn.condition_not(cdk.Fn.condition_equals(value, "")))

    def _override(
        self, distribution: cloudfront.Distribution, values: dict[str, Any], given: cdk.CfnCondition | None
    ) -> None:
        """CDK's own properties know no names, certificates or web ACLs that may be left out."""
        resource = distribution.node.default_child
        assert isinstance(resource, cloudfront.CfnDistribution)  # noqa: S101 - what a distribution is made of
        # Without the condition the certificate is "", which is none: the linter does not follow Fn::If.
        resource.cfn_options.metadata = {"cfn-lint": {"config": {"ignore_checks": ["W1030"]}}}
        for path, value in values.items():
            chosen = value if given is None else {"Fn::If": [given.logical_id, value, {"Ref": "AWS::NoValue"}]}
            resource.add_property_override(f"DistributionConfig.{path}", chosen)


__all__ = ["ERRORS", "ORIGIN_KEEPALIVE_S", "ORIGIN_TIMEOUT_S", "EdgeStack"]
