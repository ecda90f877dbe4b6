"""Routes for administrators and frontends, by shared secret in `X-Api-Key`."""

from typing import Any

from chalice.app import Blueprint

from chalicelib.api.broadcaster import Page
from chalicelib.api.http import check_admin, now_ms, query_of, route
from chalicelib.services import discovery, views

blueprint = Blueprint(__name__)


@route(blueprint, "/api/admin/streams", "GET")
def list_live_streams() -> dict[str, Any]:
    """Every channel that is live, private ones too."""
    check_admin(blueprint.current_request)
    page = query_of(blueprint.current_request, Page)
    seen = discovery.live_views(now_ms(), public_only=False, limit=page.limit, after=page.cursor)
    last = seen[-1].stream if len(seen) == page.limit else None
    body: dict[str, Any] = {
        "streams": [
            views.public_channel(one).model_dump(mode="json")
            | {"stream": views.stream(one.stream, one.channel.region, now_ms()).model_dump(mode="json")}
            for one in seen
            if one.stream is not None
        ],
        "next_cursor": last.stream_id if last else None,
    }
    if not seen:
        body["message"] = "No stream is active."
    return body
