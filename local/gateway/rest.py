"""The REST API: requests through `chalice.local.LocalGateway`, with what it leaves out of API Gateway."""

import asyncio
import base64
import logging
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from aiohttp import web
from chalice.app import Chalice
from chalice.config import Config
from chalice.local import (
    CustomLocalChalice,
    ForbiddenError,
    InvalidAuthorizerError,
    LambdaContext,
    LocalChalice,
    LocalGateway,
    LocalGatewayAuthorizer,
    LocalGatewayException,
    NotAuthorizedError,
)

from local.gateway.functions import Functions
from local.gateway.problems import gateway_problem
from local.gateway.reporting import log_fields
from local.settings import STAGE

log = logging.getLogger(__name__)

# API Gateway's integration timeout.
TIMEOUT_S = 29


class Denied(ForbiddenError):
    """The authorizer's policy does not allow the route. `context` is the policy's, for `$context.authorizer.*`."""

    def __init__(self, context: Mapping[str, str]) -> None:
        super().__init__({})
        self.context = context


class AuthorizerFailed(LocalGatewayException):
    """The authorizer raised something else than "Unauthorized"."""

    CODE = 500


class _Authorizer(LocalGatewayAuthorizer):
    """Keeps the policy's context of a denial, and knows the two ways in which an authorizer raises."""

    def authorize(self, raw_path: str, lambda_event: dict[str, Any], lambda_context: LambdaContext) -> Any:
        try:
            return super().authorize(raw_path, lambda_event, lambda_context)
        except LocalGatewayException:
            raise
        except Exception as error:
            # API Gateway: an authorizer that raises exactly this text means 401.
            if str(error) == "Unauthorized":
                raise NotAuthorizedError({}) from error
            log.exception("The authorizer failed", extra=log_fields("authorizer_failed"))
            raise AuthorizerFailed({}) from error

    def _check_can_invoke_view_function(self, arn: str, auth_result: dict[str, Any]) -> bool:
        if not super()._check_can_invoke_view_function(arn, auth_result):
            raise Denied({name: str(value) for name, value in (auth_result.get("context") or {}).items()})
        return True


class _Gateway(LocalGateway):
    """LocalGateway with the parts of the event that it leaves out, and path parameters decoded."""

    def __init__(self, app: Chalice, config: Config) -> None:
        super().__init__(app, config)
        self._authorizer = _Authorizer(app)
        self._binary_types = set(app.api.binary_types)

    def methods(self, path: str) -> set[str]:
        """The methods of the route that takes this path, OPTIONS with them; none if there is no such route."""
        try:
            event = self.event_converter.create_lambda_event("GET", path, {})
        except ValueError:
            return set()
        return {*self._app_object.routes[event["requestContext"]["resourcePath"]], "OPTIONS"}

    def _generate_lambda_event(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> dict[str, Any]:
        event: dict[str, Any] = super()._generate_lambda_event(method, path, headers, body)
        content_type = event["headers"].get("content-type", "")
        if isinstance(event["body"], bytes) and content_type not in self._binary_types:
            event["body"] = event["body"].decode("utf-8", "replace")
        event["pathParameters"] = {name: unquote(value) for name, value in event["pathParameters"].items()}
        query = event["multiValueQueryStringParameters"]
        event["queryStringParameters"] = {name: values[-1] for name, values in query.items()} if query else None
        event["resource"] = event["requestContext"]["resourcePath"]
        event["path"] = event["requestContext"]["path"]
        event["httpMethod"] = method
        event["requestContext"] |= {"requestId": str(uuid.uuid4()), "stage": STAGE, "apiId": "local"}
        return event


def make_thread_safe(app: Chalice) -> None:
    """Give the app a `current_request` a thread, the way `chalice.local.create_local_server` does."""
    if not isinstance(app, LocalChalice):
        CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
        app.__class__ = CustomLocalChalice


class RestApi:
    """The app's routes as one aiohttp handler."""

    def __init__(self, app: Chalice, functions: Functions) -> None:
        make_thread_safe(app)
        config = Config.create(chalice_stage=STAGE, app_name=app.app_name, chalice_app=app)
        self._gateway = _Gateway(app, config)
        self._functions = functions
        # What stands before the first parameter of any route: below these, nothing is the dashboard's.
        self._roots = {route.split("/")[1] for route in app.routes} - {""}

    def owns(self, path: str) -> bool:
        """Whether a path belongs to the API rather than to the dashboard's files."""
        return path.split("/")[1] in self._roots or bool(self._gateway.methods(path))

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read() or None
        headers = dict(request.headers)
        path = request.rel_url.raw_path_qs
        allowed = self._gateway.methods(path)
        if not allowed:  # what API Gateway calls an unknown path
            return gateway_problem("MISSING_AUTHENTICATION_TOKEN")
        if request.method not in allowed:
            refusal = gateway_problem("METHOD_NOT_ALLOWED")
            refusal.headers["Allow"] = ", ".join(sorted(allowed))
            return refusal
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await self._functions.run(
                    lambda: self._gateway.handle_request(request.method, path, headers, body)
                )
        except LocalGatewayException as refusal:
            return _refusal(refusal)
        except TimeoutError:
            log.error("A request took too long", extra=log_fields("request_timed_out", method=request.method))
            return gateway_problem("INTEGRATION_TIMEOUT")
        except Exception:
            log.exception("A request failed", extra=log_fields("request_failed", method=request.method))
            return gateway_problem("INTEGRATION_FAILURE")
        return _answer(answer)


def _refusal(refusal: LocalGatewayException) -> web.Response:
    match refusal:
        case Denied(context=context):
            return gateway_problem("ACCESS_DENIED", context)
        case NotAuthorizedError():
            return gateway_problem("UNAUTHORIZED")
        case InvalidAuthorizerError():
            return gateway_problem("AUTHORIZER_CONFIGURATION_ERROR")
        case AuthorizerFailed():
            return gateway_problem("AUTHORIZER_FAILURE")
        case _:
            return gateway_problem("DEFAULT_4XX")


def _answer(answer: dict[str, Any]) -> web.Response:
    """Lambda's proxy answer as HTTP."""
    body = answer.get("body")
    if answer.get("isBase64Encoded"):
        body = base64.b64decode(body or "")
    payload = body.encode() if isinstance(body, str) else body or b""
    response = web.Response(status=answer["statusCode"], body=payload)
    for name, value in (answer.get("headers") or {}).items():
        response.headers[name] = str(value)
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        for value in values:
            response.headers.add(name, str(value))
    if "Content-Type" not in (answer.get("headers") or {}) and payload:
        response.content_type = "application/json"
    return response
