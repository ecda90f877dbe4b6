"""API Gateway's own refusals, in the words that the deployed gateway is given (`chalicelib.api.gateway_responses`)."""

import json
from collections.abc import Mapping

from aiohttp import web

from chalicelib.api.gateway_responses import GATEWAY_RESPONSES, MEDIA_TYPE


def gateway_problem(
    response_type: str, context: Mapping[str, str] | None = None, status: int | None = None
) -> web.Response:
    """The answer of one gateway response type, such as `ACCESS_DENIED`, or the same with a status that says more.

    `context` is what the authorizer put into its policy. Types without words of their own fall back as in API Gateway:
    to DEFAULT_5XX where the status would be one, else to DEFAULT_4XX.
    """
    fallback = "DEFAULT_5XX" if response_type in SERVER_FAULTS else "DEFAULT_4XX"
    words = GATEWAY_RESPONSES.get(response_type) or GATEWAY_RESPONSES[fallback]
    status = status or words.status
    return web.Response(
        status=status,
        body=json.dumps(words.problem(context or {}) | {"status": status}).encode(),
        content_type=MEDIA_TYPE,
    )


SERVER_FAULTS = frozenset(
    {"AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"}
)
