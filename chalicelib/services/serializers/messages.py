"""Bus events and readings into the messages on a WebSocket, each in the form for its listener."""

from chalicelib import contract
from chalicelib.domain.channels import Channel
from chalicelib.domain.events import PublisherWaiting, StreamStateChange
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.measures import Pulse
from chalicelib.domain.streams import ChannelStatus
from chalicelib.domain.times import iso, iso_or_none
from chalicelib.domain.topics import CLOSING_TEXT, Closing
from chalicelib.services.reading.discovery import ChannelView
from chalicelib.services.serializers import channels, media


def snapshot(seen: ChannelView, now: int, *, owner: bool) -> contract.PublicSnapshotMessage:
    if owner:
        return contract.SnapshotMessage(seq=seen.seq, at=iso(now), channel=channels.own_channel(seen))
    return contract.PublicSnapshotMessage(seq=seen.seq, at=iso(now), channel=channels.public_channel(seen))


def channel(channel: Channel, key: StreamKey | None, now: int, *, owner: bool) -> contract.PublicChannelMessage:
    """`key` is the one that the dashboard shows."""
    if owner:
        return contract.ChannelMessage(at=iso(now), channel=channels.own_details(channel, key))
    return contract.PublicChannelMessage(at=iso(now), channel=channels.details(channel))


def status(event: StreamStateChange, *, owner: bool) -> contract.PublicStatusMessage:
    """Only the owner's form says why a stream was interrupted or ended."""
    is_running = event.status is not ChannelStatus.OFFLINE and event.started_at is not None and event.stream_id
    live = (
        media.live(event.stream_id or "", event.started_at or 0, event.facts, None, test=bool(event.test))
        if is_running
        else None
    )
    fields = {
        "seq": event.seq,
        "at": iso(event.at),
        "status": event.status,
        "stream_id": event.stream_id or "",
        "reason": event.reason if owner else None,
        "reason_text": event.detail if owner else None,
        "action": event.action if owner else None,
        "until": iso_or_none(event.until),
    }
    if owner:
        return contract.StatusMessage(**fields, live=live)
    return contract.PublicStatusMessage(**fields, live=media.public_live(live) if live is not None else None)


def metrics(pulse: Pulse, *, owner: bool) -> contract.PublicMetricsMessage:
    live = media.live(pulse.stream_id, pulse.started_at, pulse.facts, pulse, test=pulse.test)
    uptime_s = max(0, (pulse.at - pulse.started_at) // 1000)
    if owner:
        return contract.MetricsMessage(seq=pulse.seq, at=iso(pulse.at), uptime_s=uptime_s, **live.model_dump())
    fields = media.public_live(live).model_dump()
    return contract.PublicMetricsMessage(seq=pulse.seq, at=iso(pulse.at), uptime_s=uptime_s, **fields)


def refused(event: StreamStateChange) -> contract.RefusedMessage:
    return contract.RefusedMessage(
        seq=event.seq,
        at=iso(event.at),
        code=event.reason or "",
        reason=event.detail,
        action=event.action,
        client_ip=event.client_ip,
        key_id=event.key_id,
        key_label=event.key_label,
    )


def waiting(event: PublisherWaiting) -> contract.WaitingMessage:
    return contract.WaitingMessage(
        at=iso(event.at), place=event.place, until=iso(event.until), client_ip=event.client_ip
    )


def closing(why: Closing) -> contract.ClosingMessage:
    """The last message before the server ends the connection."""
    reason, action = CLOSING_TEXT[why]
    return contract.ClosingMessage(code=why, reason=reason, action=action)
