"""What is before the service: firewalls, and the names of API and pages where the stage has a domain.

stream-sync-S-site-front   us-east-1, where CloudFront takes certificates and web ACLs from; before the edge stack
stream-sync-S-api-front    the stage's region; after the API, whose ids are its parameters
"""

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets

from infra.firewall import api_firewall, site_firewall
from infra.functions import API_STAGE
from infra.names import certificate, point, zone_of
from infra.stages import Domain, Stage

_API_ID = "^[a-z0-9]{4,20}$"


class SiteFrontStack(cdk.Stack):
    """Outputs: `WebAclArn`, and with a domain `CertificateArn`; parameters of the edge stack."""

    def __init__(self, scope: cdk.App, stage: Stage, synthesizer: cdk.IStackSynthesizer) -> None:
        super().__init__(
            scope,
            stage.stack("site-front"),
            synthesizer=synthesizer,
            termination_protection=stage.keep,
            description=f"stream-sync {stage.name}: firewall and certificate of CloudFront, in us-east-1",
        )
        firewall = site_firewall(self, stage)
        cdk.CfnOutput(self, "WebAclArn", value=firewall.arn, description="Web ACL for CloudFront")
        if stage.domain is not None:
            proven = certificate(self, "Certificate", zone_of(self, stage.domain), stage.domain.name)
            cdk.CfnOutput(self, "CertificateArn", value=proven.certificate_arn, description="For CloudFront")


class ApiFrontStack(cdk.Stack):
    """Parameters `RestApiId`, and with a domain `WebsocketApiId`: of the APIs that Chalice has made."""

    def __init__(self, scope: cdk.App, stage: Stage, synthesizer: cdk.IStackSynthesizer) -> None:
        super().__init__(
            scope,
            stage.stack("api-front"),
            synthesizer=synthesizer,
            description=f"stream-sync {stage.name}: firewall and names of the API",
        )
        rest = self._parameter("RestApiId", "The REST API of Chalice")
        arn = self.format_arn(
            service="apigateway", account="", resource="/restapis", resource_name=f"{rest}/stages/{API_STAGE}"
        )
        api_firewall(self, stage, arn)
        if stage.domain is not None:
            websocket = self._parameter("WebsocketApiId", "The WebSocket API of Chalice")
            self._names(stage.domain, rest, websocket)

    def _parameter(self, name: str, description: str) -> str:
        return cdk.CfnParameter(self, name, description=description, allowed_pattern=_API_ID).value_as_string

    def _names(self, domain: Domain, rest: str, websocket: str) -> None:
        zone = zone_of(self, domain)
        proven = certificate(self, "Certificate", zone, domain.api, domain.websocket)
        self._rest_name(domain, zone, proven.certificate_arn, rest)
        self._websocket_name(domain, zone, proven.certificate_arn, websocket)
        for name, url in (
            ("ApiUrl", f"https://{domain.api}"),
            ("WebsocketUrl", f"wss://{domain.websocket}"),
        ):
            cdk.CfnOutput(self, name, value=url, description="For the dashboard's config.json")

    def _rest_name(self, domain: Domain, zone: route53.IHostedZone, proven: str, api: str) -> None:
        name = apigateway.CfnDomainName(
            self,
            "RestName",
            domain_name=domain.api,
            regional_certificate_arn=proven,
            security_policy="TLS_1_2",
            endpoint_configuration=apigateway.CfnDomainName.EndpointConfigurationProperty(types=["REGIONAL"]),
        )
        apigateway.CfnBasePathMapping(self, "RestMapping", domain_name=name.ref, rest_api_id=api, stage=API_STAGE)
        alias = targets.ApiGatewayv2DomainProperties(name.attr_regional_domain_name, name.attr_regional_hosted_zone_id)
        point(self, "Rest", zone, domain.api, alias)

    def _websocket_name(self, domain: Domain, zone: route53.IHostedZone, proven: str, api: str) -> None:
        name = apigatewayv2.CfnDomainName(
            self,
            "WebsocketName",
            domain_name=domain.websocket,
            domain_name_configurations=[
                apigatewayv2.CfnDomainName.DomainNameConfigurationProperty(
                    certificate_arn=proven, endpoint_type="REGIONAL", security_policy="TLS_1_2"
                )
            ],
        )
        apigatewayv2.CfnApiMapping(self, "WebsocketMapping", api_id=api, domain_name=name.ref, stage=API_STAGE)
        alias = targets.ApiGatewayv2DomainProperties(name.attr_regional_domain_name, name.attr_regional_hosted_zone_id)
        point(self, "Websocket", zone, domain.websocket, alias)


__all__ = ["ApiFrontStack", "SiteFrontStack"]
