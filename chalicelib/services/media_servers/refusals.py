"""Records the refusal of a media server's publisher: a log line, an audit record, the reason on the dashboard.

The log line is always written. The others are limited as on an ingest node (`domain.refusal_reports`), by counts in the
database, since no two hooks need run in one process. What is left out is counted by minute, server and reason:

    refusals-left-out                        the set of the counts that are not reported yet, of `MOST_COUNTS` at most
    refusals-left-out#<count>                one of them

`summarise` writes them into the server's timeline and the log once their minute is over.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from chalicelib import counters
from chalicelib.domain.events import stream_refused
from chalicelib.domain.metrics import REFUSALS
from chalicelib.domain.refusal_reports import EVENTS, OF_CHANNEL, RECORDS, SUMMARY
from chalicelib.domain.refusals import PublishRefused, StoreUnavailable
from chalicelib.domain.timeline import ConnectionRecord, Entry, refused_at
from chalicelib.observability import logger
from chalicelib.services.streams import lifecycle
from chalicelib.store import limits, timeline

_RANDOM_BITS = 12  # below a refusal's millisecond; the number stays under 2**53
MINUTE = 60_000
SETTLED = 2 * MINUTE  # after a minute's beginning its counts are final: no hook runs for longer
LEFT_OUT = "refusals-left-out"
MOST_COUNTS = 200  # some reasons of each server, for three minutes; what is beyond is in the log alone


class _What(StrEnum):
    """What was left out."""

    EVENT = "event"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class _Count:
    """One counter; its name has no `#` in any part."""

    minute: int
    what: _What
    reason: str
    where: str

    def __str__(self) -> str:
        return f"{self.minute}#{self.what}#{self.reason}#{self.where}"

    @classmethod
    def parsed(cls, text: str) -> "_Count":
        minute, what, reason, where = text.split("#")
        return cls(int(minute), _What(what), reason, where)

    @property
    def bucket(self) -> str:
        return f"{LEFT_OUT}#{self}"

    @property
    def began(self) -> int:
        """ms."""
        return self.minute * MINUTE


def record(refusal: PublishRefused, where: str, client_ip: str | None, now: int) -> None:
    """`where` is the server, `<dialect>:<name>`. An unreachable database does not keep the server from its answer."""
    logger("control").warning(
        "Publisher refused",
        event="publisher_refused",
        code=refusal.code,
        node_id=where,
        channel_id=refusal.channel_id,
        key_id=refusal.key_id,
        client_ip=client_ip,
    )
    counters.count(REFUSALS, label=refusal.code)
    seq = (now << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    try:
        if refusal.channel_id is not None:
            if _may_tell(refusal.channel_id, where, now):
                lifecycle.announce([stream_refused(refusal, refusal.channel_id, where, client_ip, seq, now)])
            else:
                _leave_out(_Count(now // MINUTE, _What.EVENT, refusal.code, where))
        if limits.spend(f"refusals-records#{where}", RECORDS, now) is not None:
            record = ConnectionRecord(
                node_id=where,
                client_ip=client_ip,
                key_id=refusal.key_id,
                key_label=refusal.key_label,
                detail=refusal.further_detail,
                channel_id=refusal.channel_id,
                reason=refusal.code,
            )
            timeline.add(record.entry(refused_at(where), seq, now))
        else:
            _leave_out(_Count(now // MINUTE, _What.RECORD, refusal.code, where))
    except StoreUnavailable:
        logger("control").warning("An audit record was lost: the database is unreachable", event="audit_record_lost")


def summarise(now: int) -> None:
    """Reports what was left out in minutes that are over. May be repeated: a summary is overwritten by itself."""
    counts = [_Count.parsed(member) for member in limits.members(LEFT_OUT)]
    summaries: dict[tuple[int, str], list[_Count]] = defaultdict(list)
    for count in counts:
        if count.began + SETTLED <= now:
            summaries[count.began, count.where].append(count)
    for (began, where), settled in sorted(summaries.items()):
        _summarise(began, where, settled)
        limits.leave(LEFT_OUT, map(str, settled))


def _summarise(began: int, where: str, counts: Iterable[_Count]) -> None:
    reasons: dict[_What, Counter[str]] = {what: Counter() for what in _What}
    for count in counts:
        reasons[count.what][count.reason] += limits.hits(count.bucket)
    facts = {
        "reasons": dict(reasons[_What.RECORD]),
        "records_left_out": reasons[_What.RECORD].total(),
        "events_left_out": reasons[_What.EVENT].total(),
        "seconds": MINUTE / 1000,
    }
    last = ((began + MINUTE) << _RANDOM_BITS) - 1  # of the minute's numbers
    timeline.add(Entry(refused_at(where), last, began + MINUTE, SUMMARY, facts))
    logger("control").warning("Publishers refused", event="refusals_summary", node_id=where, extra=facts)


def _may_tell(channel_id: str, where: str, now: int) -> bool:
    of_channel = limits.spend(f"refusals-channel#{channel_id}", OF_CHANNEL, now)
    return of_channel is not None and limits.spend(f"refusals-events#{where}", EVENTS, now) is not None


def _leave_out(count: _Count) -> None:
    ends = count.began + SETTLED
    limits.add(count.bucket, ends)
    limits.enter(LEFT_OUT, str(count), MOST_COUNTS, ends)
