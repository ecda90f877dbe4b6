"""Ingest nodes: their sessions, and the orders that ride on the renewal's answer."""

from collections.abc import Iterable, Iterator

from chalicelib.domain.errors import SessionTaken
from chalicelib.domain.leases import NodeSession
from chalicelib.domain.nodes import NodeInfo, NodeMeasures, NodeState, Renewal
from chalicelib.domain.orders import Order
from chalicelib.domain.publications import OWN_KIND
from chalicelib.store import rows, runtime_models
from chalicelib.store.guard import ConditionFailed, store_errors

ROW_KEPT = 86_400  # seconds a dead node's row stays for operators to see


def register(node: NodeInfo, expires_at: int) -> None:
    """Opens a session; an older incarnation under the same id is over from now on."""
    with store_errors():
        runtime_models.Node(
            node_id=node.node_id,
            incarnation=node.incarnation,
            expires_at=expires_at,
            started_at=node.started_at,
            address=node.address,
            origin=node.origin,
            peer=node.peer,
            public_url=node.public_url,
            version=node.version,
            region=node.region,
            capacity=node.capacity,
            free=node.capacity,
            ttl=expires_at // 1000 + ROW_KEPT,
        ).save()


def renew(
    node: NodeInfo,
    expires_at: int,
    active: int,
    free: int,
    measures: NodeMeasures = NodeMeasures(),  # noqa: B008
) -> Renewal:
    """Moves the session's expiry; `free` places are left for publishers. Raises SessionTaken, StoreUnavailable."""
    row = runtime_models.Heartbeat(node.node_id)
    try:
        with store_errors():
            row.update(
                [
                    runtime_models.Heartbeat.expires_at.set(expires_at),
                    runtime_models.Heartbeat.active.set(active),
                    runtime_models.Heartbeat.free.set(free),
                    runtime_models.Heartbeat.incoming_kbps.set(measures.incoming_kbps),
                    runtime_models.Heartbeat.lag_ms.set(measures.lag_ms),
                    runtime_models.Heartbeat.ttl.set(expires_at // 1000 + ROW_KEPT),
                ],
                condition=runtime_models.Heartbeat.incarnation == node.incarnation,
            )
    except ConditionFailed:
        raise SessionTaken() from None
    return Renewal(frozenset(map(Order.parse, row.orders or ())), bool(row.draining), rows.whole(row.drain_until))


def close(node_id: str, incarnation: str, now: int) -> bool:
    """Ends the session of a node that stops or was seen to die. False if it is not the present one."""
    try:
        with store_errors():
            runtime_models.Node(node_id).update(
                [runtime_models.Node.expires_at.set(now), runtime_models.Node.active.set(0)],
                condition=runtime_models.Node.incarnation == incarnation,
            )
    except ConditionFailed:
        return False
    return True


def find(node_id: str) -> NodeSession | None:
    """The node's session, read consistently."""
    row = _find(node_id)
    return rows.session(row) if row is not None else None


def state(node_id: str) -> NodeState | None:
    """The node as it announces itself, read consistently."""
    row = _find(node_id)
    return rows.node(row) if row is not None else None


def _find(node_id: str) -> runtime_models.Node | None:
    try:
        with store_errors():
            return runtime_models.Node.get(node_id, consistent_read=True)
    except runtime_models.Node.DoesNotExist:
        return None


def ids() -> list[str]:
    """Our own nodes, including those gone for less than a day (eventually consistent)."""
    with store_errors():
        return [row.node_id for row in runtime_models.Node.by_kind.query(OWN_KIND)]


def _own() -> Iterator[runtime_models.Node]:
    """Ids from the index (eventually consistent), their rows read consistently."""
    node_ids = ids()
    return runtime_models.Node.batch_get(node_ids, consistent_read=True) if node_ids else iter(())


def sessions_of(node_ids: Iterable[str], *, consistent: bool = True) -> dict[str, NodeSession]:
    """Some sessions by node id; 100 a request. An eventually consistent read costs half."""
    wanted = sorted(set(node_ids))
    with store_errors():
        found = runtime_models.Node.batch_get(wanted, consistent_read=consistent) if wanted else []
        return {row.node_id: rows.session(row) for row in found}


def own() -> list[NodeState]:
    """Our own nodes, including those gone for less than a day; without media servers' publishers."""
    with store_errors():
        return [rows.node(row) for row in _own()]


def set_draining(node_id: str, draining: bool, until: int | None = None) -> bool:
    """Whether the node takes new publishers, from its next renewal on, and until when its streams have to leave it.

    False if there is no such node of ours.
    """
    deadline = runtime_models.Node.drain_until
    try:
        with store_errors():
            runtime_models.Node(node_id).update(
                [
                    runtime_models.Node.draining.set(draining),
                    deadline.remove() if until is None else deadline.set(until),
                ],
                condition=runtime_models.Node.node_id.exists() & (runtime_models.Node.kind == OWN_KIND),
            )
    except ConditionFailed:
        return False
    return True


def order(node_id: str, order: Order) -> bool:
    """Tells a node to end a stream; it sees the order with its next renewal. False if there is no such node."""
    return _add(node_id, runtime_models.Node.orders.add({order.text}))


def acknowledge(node_id: str, orders: Iterable[Order]) -> None:
    """Takes handled orders away; others that came meanwhile stay."""
    _add(node_id, runtime_models.Node.orders.delete({order.text for order in orders}))


def _add(node_id: str, action: object) -> bool:
    try:
        with store_errors():
            runtime_models.Node(node_id).update([action], condition=runtime_models.Node.node_id.exists())  # type: ignore[list-item]
    except ConditionFailed:
        return False
    return True
