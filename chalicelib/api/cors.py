"""Cross-origin requests: configured origins, with credentials; the public list for every origin.

Preflights are answered by a route of ours: API Gateway's own answer names one fixed origin, and there may be several.
"""

from collections.abc import Iterable

from chalice.app import Blueprint, Response

from chalicelib.config import settings

ALLOWED_HEADERS = "Authorization,Content-Type,Idempotency-Key,X-Api-Key"
EXPOSED_HEADERS = "Retry-After"
PREFLIGHT_KEPT_S = 600


def headers(origin: str | None, *, any_origin: bool) -> dict[str, str]:
    """What lets a page of `origin` read the answer; nothing for a strange origin."""
    if any_origin:
        return {"Access-Control-Allow-Origin": "*"}
    if origin is None or origin not in settings().allowed_origins:
        return {"Vary": "Origin"}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": EXPOSED_HEADERS,
        "Vary": "Origin",
    }


def register_preflight(blueprint: Blueprint, path: str, methods: Iterable[str], *, any_origin: bool) -> None:
    """`methods` is read when a browser asks: routes of the same path may be registered later."""

    def preflight(**_path: str) -> Response:
        answer = headers(blueprint.current_request.headers.get("origin"), any_origin=any_origin)
        if "Access-Control-Allow-Origin" in answer:
            answer |= {
                "Access-Control-Allow-Methods": ",".join(sorted(methods)),
                "Access-Control-Allow-Headers": ALLOWED_HEADERS,
                "Access-Control-Max-Age": str(PREFLIGHT_KEPT_S),
            }
        return Response(None, {**answer}, 204)

    blueprint.route(path, methods=["OPTIONS"], name=f"preflight {path}")(preflight)
