"""Publishers on media servers: their sessions are rows of `nodes`, like those of our own nodes; `kind` differs.

A claim puts the row in its own transaction (`store.leases`). It is removed when the publisher leaves.
"""

from pynamodb.expressions.update import Action

from chalicelib.config import settings
from chalicelib.domain.orders import Order
from chalicelib.domain.publications import Dialect, Publication, prefix_of
from chalicelib.store import runtime_models
from chalicelib.store.guard import ConditionFailed, store_errors

ROW_KEPT = 3_600  # seconds after its session expired in which a row can still be renewed


def row(publication: Publication) -> runtime_models.Node:
    """The session's row as a claim puts it."""
    return runtime_models.Node(
        node_id=publication.node_id,
        incarnation=publication.holder.incarnation,
        expires_at=publication.expires_at,
        started_at=publication.since,
        region=settings().region,
        capacity=0,
        kind=publication.dialect.value,
        publication={
            "server": publication.server,
            "connection_id": publication.connection_id,
            "channel_id": publication.channel_id,
            "key_hash": publication.key_hash,
            "client_ip": publication.client_ip,
            "protocol": publication.protocol,
            **({"test": True} if publication.test else {}),
        },
        source_type=publication.source_type,
        source_id=publication.source_id,
        seen_at=publication.seen_at,
        ttl=publication.expires_at // 1000 + ROW_KEPT,
    )


def _publication(found: runtime_models.Node) -> Publication:
    return Publication(
        dialect=Dialect(found.kind),
        key_id=found.incarnation,
        since=int(found.started_at),
        expires_at=int(found.expires_at),
        source_type=found.source_type,
        source_id=found.source_id,
        seen_at=int(found.seen_at or 0),
        orders=frozenset(map(Order.parse, found.orders or ())),
        **found.publication,
    )


def find(node_id: str) -> Publication | None:
    """The publisher, read consistently; None if it is unknown or has left."""
    try:
        with store_errors():
            return _publication(runtime_models.Node.get(node_id, consistent_read=True))
    except runtime_models.Node.DoesNotExist:
        return None


def note(publication: Publication) -> None:
    """Keeps what a publisher showed, without a claim: it holds nothing."""
    with store_errors():
        row(publication).save()


def of_server(dialect: Dialect, server: str) -> list[Publication]:
    """All publishers of one server that have not left."""
    here = runtime_models.Node.node_id.startswith(prefix_of(dialect, server))
    with store_errors():
        return [_publication(found) for found in runtime_models.Node.scan(here, consistent_read=True)]


def renew(publication: Publication, expires_at: int) -> Publication | None:
    """Moves the session's expiry, and keeps what is known of the source; answers the row as it is then.

    None if the publisher has left, or the connection has another key by now.
    """
    actions: list[Action] = [
        runtime_models.Node.expires_at.set(expires_at),
        runtime_models.Node.ttl.set(expires_at // 1000 + ROW_KEPT),
    ]
    if publication.seen_at:
        actions.append(runtime_models.Node.seen_at.set(publication.seen_at))
    if publication.source_type and publication.source_id:
        actions += [
            runtime_models.Node.source_type.set(publication.source_type),
            runtime_models.Node.source_id.set(publication.source_id),
        ]
    renewed = runtime_models.Node(publication.node_id)
    try:
        with store_errors():
            renewed.update(actions, condition=runtime_models.Node.incarnation == publication.key_id)
    except ConditionFailed:
        return None
    return _publication(renewed)


def remove(publication: Publication) -> None:
    """The publisher has left. A row that another key took over stays."""
    try:
        with store_errors():
            runtime_models.Node(publication.node_id).delete(
                condition=runtime_models.Node.incarnation == publication.key_id
            )
    except ConditionFailed:
        return
