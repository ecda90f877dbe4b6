"""What API Gateway answers by itself, before any code of ours runs, as the same problem details.

Keyed by API Gateway's response types; the infra stack installs the templates, the local gateway answers from them.
An authorizer that denies says why in its context: `code` and the rest are looked up in the error tree.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.api.problems import MEDIA_TYPE, problem
from chalicelib.domain.errors import (
    IdentityUnavailable,
    InternalError,
    InvalidInput,
    MethodNotAllowed,
    PayloadTooLarge,
    StreamSyncError,
    TokenMissing,
    TooManyRequests,
    UnsupportedMediaType,
)
from chalicelib.domain.not_found import RouteNotFound

# What the authorizer's deny policy carries, all of it text without secrets.
CONTEXT_FIELDS = ("code", "title", "detail", "action")


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """One response type's answer. `from_authorizer`: the body is made of the deny policy's context."""

    error: StreamSyncError
    from_authorizer: bool = False

    @property
    def status(self) -> int:
        return self.error.http_status

    def problem(self, context: Mapping[str, str]) -> dict[str, Any]:
        body = problem(self.error)
        if self.from_authorizer:
            body |= {name: context[name] for name in CONTEXT_FIELDS if name in context}
        return body

    @property
    def template(self) -> str:
        """The body mapping template of API Gateway."""
        body = problem(self.error)
        if self.from_authorizer:
            body |= {name: f"$context.authorizer.{name}" for name in CONTEXT_FIELDS}
        return json.dumps(body)


GATEWAY_RESPONSES: dict[str, GatewayResponse] = {
    "MISSING_AUTHENTICATION_TOKEN": GatewayResponse(RouteNotFound()),  # so it calls a route that is not there
    "RESOURCE_NOT_FOUND": GatewayResponse(RouteNotFound()),
    "UNAUTHORIZED": GatewayResponse(TokenMissing()),
    "ACCESS_DENIED": GatewayResponse(TokenMissing(), from_authorizer=True),
    "AUTHORIZER_FAILURE": GatewayResponse(IdentityUnavailable()),  # it raised, or never came to an answer
    "REQUEST_TOO_LARGE": GatewayResponse(PayloadTooLarge()),
    "UNSUPPORTED_MEDIA_TYPE": GatewayResponse(UnsupportedMediaType()),
    "BAD_REQUEST_BODY": GatewayResponse(InvalidInput()),
    "BAD_REQUEST_PARAMETERS": GatewayResponse(InvalidInput()),
    "THROTTLED": GatewayResponse(TooManyRequests(1)),
    "DEFAULT_4XX": GatewayResponse(InvalidInput()),
    "DEFAULT_5XX": GatewayResponse(InternalError()),
    "METHOD_NOT_ALLOWED": GatewayResponse(MethodNotAllowed()),  # the local gateway's; API Gateway says the first
}

__all__ = ["CONTEXT_FIELDS", "GATEWAY_RESPONSES", "MEDIA_TYPE", "GatewayResponse"]
