"""What CloudFront keys its caches on, and the headers that it adds to answers."""

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from infra.site_policy import PERMISSIONS, site_policy
from infra.stages import Stage

# RFC 8216bis, 6.2.5: all that makes a playlist differ. Any other parameter would let one viewer miss every cache.
DIRECTIVES = ("_HLS_msn", "_HLS_part", "_HLS_skip")
A_YEAR = cdk.Duration.days(365)
HSTS = cloudfront.ResponseHeadersStrictTransportSecurity(
    access_control_max_age=cdk.Duration.days(730), override=True, include_subdomains=False
)
NO_SNIFF = cloudfront.ResponseHeadersContentTypeOptions(override=True)


class CacheRules(Construct):
    """`live` of the origin, `files` of all else. Neither has cookies or headers in its key, but for gzip or not."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        super().__init__(scope, "Caches")
        queries = cloudfront.CacheQueryStringBehavior
        self.live = self._policy("Live", f"{stage.prefix}-live", queries.allow_list(*DIRECTIVES))
        self.files = self._policy("Files", f"{stage.prefix}-files", queries.none(), cdk.Duration.minutes(1))

    def _policy(
        self,
        name: str,
        policy_name: str,
        queries: cloudfront.CacheQueryStringBehavior,
        default: cdk.Duration = cdk.Duration.seconds(0),  # noqa: B008 - an immutable value
    ) -> cloudfront.CachePolicy:
        """As long as the answer says; `default` where it says nothing."""
        return cloudfront.CachePolicy(
            self,
            name,
            cache_policy_name=policy_name,
            min_ttl=cdk.Duration.seconds(0),
            default_ttl=default,
            max_ttl=A_YEAR,
            query_string_behavior=queries,
            header_behavior=cloudfront.CacheHeaderBehavior.none(),
            cookie_behavior=cloudfront.CacheCookieBehavior.none(),
            enable_accept_encoding_gzip=True,
        )


class HeaderRules(Construct):
    """`page` and `embedded` of the dashboard, `live` of the origin, which sends its own CORS."""

    def __init__(self, scope: Construct, stage: Stage, region: str) -> None:
        super().__init__(scope, "Headers")
        self._prefix = stage.prefix
        connect = _services(stage, region)
        nowhere = cloudfront.ResponseHeadersFrameOptions(frame_option=cloudfront.HeadersFrameOption.DENY, override=True)
        self.page = self._policy("page", site_policy(connect, frames="'none'"), nowhere)
        self.embedded = self._policy("embedded", site_policy(connect, frames="*"))
        self.live = self._policy("live")

    def _policy(
        self,
        name: str,
        content: str | None = None,
        frame_options: cloudfront.ResponseHeadersFrameOptions | None = None,
    ) -> cloudfront.ResponseHeadersPolicy:
        """`content`: the Content-Security-Policy of a page."""
        csp = referrer = custom = None
        if content is not None:
            csp = cloudfront.ResponseHeadersContentSecurityPolicy(content_security_policy=content, override=True)
            referrer = cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
            )
            custom = cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header=header, value=value, override=True)
                    for header, value in (
                        ("Permissions-Policy", PERMISSIONS),
                        ("Cross-Origin-Opener-Policy", "same-origin"),
                    )
                ]
            )
        return cloudfront.ResponseHeadersPolicy(
            self,
            name.capitalize(),
            response_headers_policy_name=f"{self._prefix}-{name}",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                strict_transport_security=HSTS,
                content_type_options=NO_SNIFF,
                frame_options=frame_options,
                content_security_policy=csp,
                referrer_policy=referrer,
            ),
            custom_headers_behavior=custom,
        )


def _services(stage: Stage, region: str) -> tuple[str, ...]:
    """Where the pages of a stage send requests, as `config.json` says (`infra.deploy.website`).

    Without a domain the ids of the APIs are not known before the pages are deployed, so it is any API of the region.
    """
    identity = f"https://cognito-idp.{region}.amazonaws.com"
    if stage.domain is not None:
        return f"https://{stage.domain.api}", f"wss://{stage.domain.websocket}", identity
    apis = f"*.execute-api.{region}.amazonaws.com"
    return f"https://{apis}", f"wss://{apis}", identity


__all__ = ["DIRECTIVES", "CacheRules", "HeaderRules"]
