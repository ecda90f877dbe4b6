"""Records the refusal of a media server's publisher: a log line, an audit record, the reason on the dashboard."""

import secrets

from chalicelib.domain.events import stream_refused
from chalicelib.domain.refusals import PublishRefused, StoreUnavailable
from chalicelib.domain.timeline import ConnectionRecord, refused_at
from chalicelib.observability import logger
from chalicelib.services.streams import lifecycle
from chalicelib.store import timeline

_RANDOM_BITS = 12  # below a refusal's millisecond; the number stays under 2**53


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
    seq = (now << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    record = ConnectionRecord(
        node_id=where,
        client_ip=client_ip,
        key_id=refusal.key_id,
        channel_id=refusal.channel_id,
        reason=refusal.code,
    )
    try:
        if refusal.channel_id is not None:
            lifecycle.announce([stream_refused(refusal, refusal.channel_id, where, client_ip, seq, now)])
        timeline.add(record.entry(refused_at(where), seq, now))
    except StoreUnavailable:
        logger("control").warning("An audit record was lost: the database is unreachable", event="audit_record_lost")
