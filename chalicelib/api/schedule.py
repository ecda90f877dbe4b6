"""Planned broadcasts: routes for their broadcaster, and the calendar feed for everyone."""

import hashlib

from chalice.app import Blueprint, Response

from chalicelib import contract
from chalicelib.api.http import now_ms
from chalicelib.api.routing import ANYONE, BROADCASTER, Route
from chalicelib.config import settings
from chalicelib.contract.requests.base import ms_of
from chalicelib.contract.requests.schedule import BroadcastEdit, NewBroadcast
from chalicelib.domain import icalendar
from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import BroadcastChanged, KeyChanged, TooManyBroadcasts
from chalicelib.domain.not_found import BroadcastNotFound, ChannelNotFound
from chalicelib.domain.playback import watch_url
from chalicelib.services import schedule
from chalicelib.services.keys import scheduled
from chalicelib.services.reading import discovery
from chalicelib.services.serializers import schedule as serializer

blueprint = Blueprint(__name__)

FEED_FOR = 5  # seconds for which caches keep a feed


@Route("GET", "/api/channel/schedule", BROADCASTER, answer=contract.Schedule).on(blueprint)
def get_schedule(channel: Channel) -> contract.Schedule:
    """The planned broadcasts of the caller's channel that have not ended, the next one first."""
    return serializer.schedule(schedule.ahead(channel.channel_id, now_ms()))


@Route(
    "POST",
    "/api/channel/schedule",
    BROADCASTER,
    body=NewBroadcast,
    answer=contract.PlannedBroadcast,
    status=201,
    problems=(TooManyBroadcasts,),
    idempotent=True,
).on(blueprint)
def plan_broadcast(channel: Channel, body: NewBroadcast) -> contract.PlannedBroadcast:
    """Plans a broadcast. It is shown on the channel's page and in its calendar feed. 15 minutes before it starts,
    `Broadcast Reminder` is published."""
    starts_at = ms_of(body.starts_at)
    return serializer.broadcast(schedule.plan(channel, body.title, starts_at, body.minutes, body.time_zone, now_ms()))


@Route(
    "PATCH",
    "/api/channel/schedule/{broadcast_id}",
    BROADCASTER,
    body=BroadcastEdit,
    answer=contract.PlannedBroadcast,
    problems=(BroadcastNotFound, BroadcastChanged, KeyChanged),
).on(blueprint)
def edit_broadcast(channel: Channel, broadcast_id: str, body: BroadcastEdit) -> contract.PlannedBroadcast:
    """Changes a planned broadcast that has not ended. Stream keys that are for it move with it."""
    now = now_ms()
    edited = schedule.edit(channel, broadcast_id, body.changes(), now)
    scheduled.move(channel, edited, channel.owner, now)
    return serializer.broadcast(edited)


@Route(
    "DELETE",
    "/api/channel/schedule/{broadcast_id}",
    BROADCASTER,
    status=204,
    problems=(BroadcastNotFound, BroadcastChanged),
).on(blueprint)
def cancel_broadcast(channel: Channel, broadcast_id: str) -> Response:
    """Removes a planned broadcast from the schedule, and revokes stream keys that are for it; a stream that uses one
    ends."""
    now = now_ms()
    schedule.find(channel, broadcast_id, now)
    # First: if what follows fails, the broadcast is still there to be removed again.
    scheduled.revoke(channel, broadcast_id, channel.owner, now)
    schedule.cancel(channel, broadcast_id, now)
    return Response("", status_code=204)


@Route(
    "GET",
    "/api/channels/{channel_id}/schedule.ics",
    ANYONE,
    text=icalendar.MEDIA_TYPE.partition(";")[0],
    not_modified=True,
    problems=(ChannelNotFound,),
    max_age=FEED_FOR,
).on(blueprint)
def get_calendar(channel_id: str) -> Response:
    """The planned broadcasts of a channel, and those of the last 30 days, as an iCalendar feed (RFC 5545).
    Private channels respond with 404."""
    channel = discovery.find_public(channel_id)
    if channel is None:
        raise ChannelNotFound()
    name = channel.display_name or channel.title or "stream-sync"
    page = watch_url(settings().watch_base_url, channel_id)
    text = icalendar.calendar(name, page, schedule.feed(channel_id, now_ms()))
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    asked = (blueprint.current_request.headers.get("if-none-match") or "").split(",")
    if any(one.strip().removeprefix("W/") in (etag, "*") for one in asked):
        return Response("", {"ETag": etag}, 304)
    return Response(text, {"Content-Type": icalendar.MEDIA_TYPE, "ETag": etag}, 200)
