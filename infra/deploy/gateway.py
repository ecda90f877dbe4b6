"""Settings of what Chalice deploys, which neither Chalice nor another stack can make.

- The answers that API Gateway gives by itself, as problem details. Each deployment of Chalice replaces the API's
  definition; so they are put after it, and a deployment of the API's stage then contains them.
- The throttles: of all requests to the REST API together, and of all WebSockets.
- The log group of the REST function: Chalice makes one for `<stage>-api_handler`, but names the function `<stage>`.
"""

from typing import Any

from botocore.exceptions import ClientError

from chalicelib.api.cors import EXPOSED_HEADERS
from chalicelib.api.gateway_responses import GATEWAY_RESPONSES, MEDIA_TYPE, GatewayResponse
from chalicelib.api.security_headers import HSTS, NO_SNIFF
from infra.deploy.chalice_state import Deployed
from infra.deploy.run import Run
from infra.functions import API_HANDLER, API_STAGE, FUNCTIONS

# Answers of the local gateway that API Gateway has no type for.
LOCAL_ONLY = frozenset({"METHOD_NOT_ALLOWED"})

LOGS_KEPT_DAYS = 90  # `log_retention_in_days` in `.chalice/config.json`

# Per second, for all WebSockets together: beyond it API Gateway rejects handshakes and messages without invoking
# a function. Each connection has its own, much smaller limit, in `services.limits`.
WEBSOCKET_THROTTLE = {"ThrottlingRateLimit": 1_000.0, "ThrottlingBurstLimit": 2_000}
# The account's own limit, 10,000 a second, is for all APIs of the region together.
REST_THROTTLE = {"rateLimit": "2000", "burstLimit": "4000"}


def configure(run: Run, deployed: Deployed) -> None:
    rest = run.client("apigateway")
    for kind, answer in GATEWAY_RESPONSES.items():
        if kind not in LOCAL_ONLY:
            rest.put_gateway_response(restApiId=deployed.rest_api_id, responseType=kind, **gateway_response(answer))
    rest.create_deployment(
        restApiId=deployed.rest_api_id, stageName=API_STAGE, description="With the answers of API Gateway itself"
    )
    rest.update_stage(
        restApiId=deployed.rest_api_id,
        stageName=API_STAGE,
        patchOperations=[
            {"op": "replace", "path": f"/*/*/throttling/{name}", "value": value}
            for name, value in REST_THROTTLE.items()
        ],
    )
    run.client("apigatewayv2").update_stage(
        ApiId=deployed.websocket_api_id, StageName=API_STAGE, DefaultRouteSettings=WEBSOCKET_THROTTLE
    )
    _log_group(run)


def _log_group(run: Run) -> None:
    (function,) = [one for one in FUNCTIONS if one.name == API_HANDLER]
    logs, name = run.client("logs"), f"/aws/lambda/{function.deployed_as(run.stage)}"
    try:
        logs.create_log_group(logGroupName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise
    logs.put_retention_policy(logGroupName=name, retentionInDays=LOGS_KEPT_DAYS)


def gateway_response(answer: GatewayResponse) -> dict[str, Any]:
    headers = {
        "Content-Type": MEDIA_TYPE,
        "Cache-Control": "no-store",
        **NO_SNIFF,
        **HSTS,
        # Errors contain no personal data: any origin may read why a request was refused.
        "Access-Control-Allow-Origin": "*",
    }
    if answer.error.retry_after_s is not None:
        headers |= {"Retry-After": str(answer.error.retry_after_s), "Access-Control-Expose-Headers": EXPOSED_HEADERS}
    return {
        "statusCode": str(answer.status),
        "responseTemplates": {"application/json": answer.template},
        "responseParameters": {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()},
    }


__all__ = ["LOCAL_ONLY", "REST_THROTTLE", "WEBSOCKET_THROTTLE", "configure", "gateway_response"]
