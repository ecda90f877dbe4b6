"""Planned broadcasts, as everybody sees them."""

from collections.abc import Iterable

from chalicelib.contract import PlannedBroadcast, PublicChannelPage, Schedule
from chalicelib.domain.schedule import Broadcast
from chalicelib.domain.times import iso
from chalicelib.services.reading.discovery import ChannelView
from chalicelib.services.serializers.channels import public_channel


def broadcast(planned: Broadcast) -> PlannedBroadcast:
    return PlannedBroadcast(
        broadcast_id=planned.broadcast_id,
        title=planned.title,
        starts_at=iso(planned.starts_at),
        ends_at=iso(planned.ends_at),
        minutes=planned.minutes,
        time_zone=planned.time_zone,
    )


def schedule(planned: Iterable[Broadcast]) -> Schedule:
    return Schedule(broadcasts=[broadcast(one) for one in planned])


def channel_page(seen: ChannelView, planned: Iterable[Broadcast]) -> PublicChannelPage:
    return PublicChannelPage(**public_channel(seen).model_dump(), upcoming=[broadcast(one) for one in planned])
