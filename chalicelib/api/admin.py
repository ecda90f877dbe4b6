"""Routes for administrators and frontends, by shared secret in `X-Api-Key`."""

from chalice.app import Blueprint

from chalicelib.api.http import Page, now_ms
from chalicelib.api.routing import ADMIN, route
from chalicelib.services import discovery, views

blueprint = Blueprint(__name__)


@route(blueprint, "GET", "/api/admin/streams", ADMIN, query=Page, answer=views.LiveChannelPage)
def list_live_streams(query: Page) -> views.LiveChannelPage:
    """Every channel that is live, private ones too."""
    now = now_ms()
    seen = discovery.live_views(now, public_only=False, limit=query.limit, after=query.cursor)
    last = seen[-1].stream if len(seen) == query.limit else None
    return views.LiveChannelPage(
        streams=[views.live_channel(one, one.stream, now) for one in seen if one.stream is not None],
        next_cursor=last.stream_id if last else None,
        message=None if seen else "No stream is active.",
    )
