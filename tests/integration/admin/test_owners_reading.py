"""What a channel's owner reads of the past: how the last stream ended, who was turned away, which version it is."""

from chalicelib import contract
from chalicelib.domain.channels import Channel
from chalicelib.domain.events import EventName, StreamStateChange
from chalicelib.domain.streams import ChannelStatus, EndReason
from chalicelib.domain.times import iso
from chalicelib.services.keys import credentials
from chalicelib.services.reading import discovery, timelines
from chalicelib.services.serializers import channels as channel_serializer
from chalicelib.services.streams import lifecycle
from chalicelib.store import channels
from tests.integration.admin.conftest import House


def read(house: House, channel: Channel) -> contract.OwnChannel:
    return channel_serializer.own_channel(discovery.view(channels.get(channel.channel_id), house.now, owner=True))


def refused(house: House, channel: Channel, seq: int, reason: str) -> StreamStateChange:
    return StreamStateChange(
        event_name=EventName.STREAM_REFUSED,
        channel_id=channel.channel_id,
        node_id=house.node_id,
        seq=seq,
        at=house.now,
        reason=reason,
        detail="The stream key has expired",
        action="Get a new stream key.",
        client_ip="203.0.113.7",
    )


def test_the_last_end_is_told_until_the_next_stream_runs(house: House) -> None:
    channel, hold = house.live_channel()
    assert read(house, channel).last_end is None
    began = house.now
    house.forward(5_000)
    hold.end(EndReason.KEY_RESET, house.now, 0)
    end = read(house, channel).last_end
    assert end is not None
    assert (end.stream_id, end.reason, end.reason_text) == (
        hold.grant.stream_id,
        EndReason.KEY_RESET,
        "The stream key was reset.",
    )
    assert (end.started_at, end.ended_at) == (iso(began), iso(house.now))
    house.live(house.key(channel).stream_key)
    assert read(house, channel).last_end is None


def test_a_dead_node_is_the_reason_before_anybody_cleaned_up(house: House) -> None:
    channel, _ = house.live_channel()
    house.node_dies()
    seen = read(house, channel)
    assert (seen.status, seen.live) == (ChannelStatus.OFFLINE, None)
    assert seen.last_end is not None
    assert (seen.last_end.reason, seen.last_end.ended_at) == (EndReason.NODE_LOST, None)


def test_the_newest_refusal_is_told_to_the_owner_alone(house: House) -> None:
    channel = house.channel()
    assert read(house, channel).last_refusal is None
    lifecycle.record([refused(house, channel, 1, "key_revoked")])
    lifecycle.record([refused(house, channel, 2, "key_expired")])
    told = read(house, channel).last_refusal
    assert told is not None
    assert (told.code, told.reason, told.at) == ("key_expired", "The stream key has expired", iso(house.now))
    assert (told.action, told.client_ip) == ("Get a new stream key.", "203.0.113.7")
    public = channel_serializer.public_channel(discovery.public_channel(channel.channel_id, house.now))
    assert not {"last_refusal", "last_end", "key"} & public.model_dump().keys()


def test_edits_and_resets_make_a_new_edition(house: House) -> None:
    channel = house.channel(title="first")
    first = read(house, channel).version
    credentials.edit(channel, {"title": "second"}, house.now)
    second = read(house, channel).version
    credentials.reset(channels.get(channel.channel_id), "test", house.now)
    assert first < second < read(house, channel).version


def test_times_in_a_timeline_are_written_as_everywhere(house: House) -> None:
    channel, hold = house.live_channel()
    lifecycle.record([hold.created(house.now, "203.0.113.7")])
    hold.end(EndReason.CLEAN_STOP, house.now, 0)
    entries = timelines.page(channel, hold.grant.stream_id, 50, None).entries
    assert {entry.facts["started_at"] for entry in entries} == {iso(house.now)}
