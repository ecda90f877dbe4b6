"""Picture and sound of a running stream, and where it plays."""

from dataclasses import replace
from typing import Any

from chalicelib.config import settings
from chalicelib.contract import (
    AudienceTotals,
    FindingCount,
    HealthFinding,
    Live,
    Playback,
    PublicLive,
    StreamHealth,
    StreamSummary,
)
from chalicelib.domain import health_advice
from chalicelib.domain.audience import Audience
from chalicelib.domain.errors import PlaybackTokensUnavailable
from chalicelib.domain.findings import RANK, Finding, overall
from chalicelib.domain.measures import Measures, Pulse, StreamFacts
from chalicelib.domain.metadata import Visibility
from chalicelib.domain.playback import PlaybackUrls, playback_urls, thumbnail_url
from chalicelib.domain.publications import OWN_KIND, server_of
from chalicelib.domain.streams import Stream
from chalicelib.domain.times import iso
from chalicelib.domain.totals import StreamTotals
from chalicelib.services import playback_tokens

PICTURE_TOKEN_S = 300  # valid for so long at least, and twice that at most


def live_of(stream: Stream | None, pulse: Pulse | None) -> Live | None:
    """None before the first media."""
    if stream is None or stream.started_at is None:
        return None
    return live(stream.stream_id, stream.started_at, stream.facts, pulse, test=stream.test)


def live(stream_id: str, started_at: int, facts: StreamFacts, pulse: Pulse | None, *, test: bool) -> Live:
    audience = pulse.audience if pulse is not None else None
    return Live(
        stream_id=stream_id,
        started_at=iso(started_at),
        **facts_now(facts, pulse),
        **audience_fields(audience),
        test=test,
        line=pulse.line if pulse is not None else None,
        health=None if pulse is None else health(pulse.findings, facts.encoder),
    )


def health(findings: tuple[Finding, ...], encoder: str | None) -> StreamHealth:
    """With what to do, for who uses `encoder`."""
    return StreamHealth(
        overall=overall(findings),
        findings=[
            HealthFinding(
                **finding.model_dump(exclude={"since"}),
                title=health_advice.title(finding.code),
                since=iso(finding.since),
                action=health_advice.action(finding.code, encoder),
            )
            for finding in findings
        ],
    )


def summary(totals: StreamTotals, encoder: str | None) -> StreamSummary:
    """With what to do, for who uses `encoder`."""
    found = sorted(totals.raised.items(), key=lambda one: (-RANK[one[1].severity], one[0]))
    return StreamSummary(
        measured_s=totals.measured_s,
        average_bitrate_kbps=totals.average_kbps,
        peak_bitrate_kbps=totals.peak_kbps or None,  # not known of streams on media servers
        interruptions=totals.interruptions,
        worst=totals.worst,
        findings=[
            FindingCount(
                code=code,
                title=health_advice.title(code),
                severity=one.severity,
                count=one.count,
                action=health_advice.action(code, encoder),
            )
            for code, one in found
        ],
    )


def public_live(live: Live) -> PublicLive:
    return PublicLive(**live.model_dump(include=set(PublicLive.model_fields)))


def audience_fields(audience: Audience | None, *, running: bool = True) -> dict[str, Any]:
    """`viewers` and the figures since the start; all null where viewers are not counted."""
    if audience is None:
        return dict.fromkeys(AudienceTotals.model_fields)
    return {
        "viewers": audience.viewers if running else None,
        "peak_viewers": audience.peak_viewers,
        "average_viewers": audience.average_viewers,
        "watched_minutes": audience.watched_minutes,
    }


def facts_now(facts: StreamFacts, pulse: Pulse | None) -> dict[str, Any]:
    """Of picture and sound, with what was measured in the last seconds."""
    measured = pulse.model_dump(include=set(Measures.model_fields), exclude_none=True) if pulse is not None else {}
    return facts.model_dump() | measured


def playback(channel_id: str, stream: Stream | None = None) -> PlaybackUrls:
    """Where the channel plays: at the media server that carries its stream, configured by server or by kind."""
    known, templates = settings().source_playback, None
    if stream is not None:
        templates = known.get(server_of(stream.node_id) or "") or known.get(stream.source)
        if templates is None and stream.source != OWN_KIND:
            templates = {}
    return playback_urls(settings().playback_base_url, templates, channel_id)


def playback_for_administrators(stream: Stream, now: int) -> PlaybackUrls:
    """The picture of a private stream, or of a test, is below a playback token. Without a secret to sign it: none."""
    urls = playback(stream.channel_id, stream)
    if urls.thumbnail_url is None or not (stream.test or stream.metadata.visibility is Visibility.PRIVATE):
        return urls
    # The same one for minutes: an address that changes with each answer would be loaded with each.
    valid_s = 2 * PICTURE_TOKEN_S - now // 1000 % PICTURE_TOKEN_S
    try:
        token = playback_tokens.issue(stream.channel_id, valid_s, now, preview=stream.test)
    except PlaybackTokensUnavailable:
        return replace(urls, thumbnail_url=None)
    return replace(urls, thumbnail_url=thumbnail_url(settings().playback_base_url, stream.channel_id, token.text))


def public_playback(urls: PlaybackUrls) -> Playback:
    return Playback(hls_url=urls.hls_url, thumbnail_url=urls.thumbnail_url)
