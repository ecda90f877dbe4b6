"""Ingest nodes, as administrators see them."""

from collections.abc import Sequence

from chalicelib.contract import Node, NodeList
from chalicelib.domain.nodes import NodeState, Readiness
from chalicelib.domain.times import iso

NOT_SERVING = {
    Readiness.FULL: "Every ingest node is full: running streams continue, new ones wait for a place for a while",
    Readiness.DRAINING: "Every ingest node is draining: running streams continue, new ones are refused",
    Readiness.NONE: "No ingest node is running: only media servers can accept streams",
}


def node_list(members: Sequence[tuple[NodeState, bool]], readiness: Readiness) -> NodeList:
    """`members`: each node, and whether it is gone."""
    nodes = [node(state, gone=gone) for state, gone in members]
    return NodeList(nodes=nodes, ingest=readiness, message=NOT_SERVING.get(readiness))


def node(state: NodeState, *, gone: bool) -> Node:
    info = state.info
    return Node(
        node_id=info.node_id,
        status="gone" if gone else "draining" if state.draining else "serving",
        address=info.address,
        region=info.region,
        version=info.version,
        capacity=info.capacity,
        active=state.active,
        free=0 if gone else max(0, state.free),
        incoming_kbps=0 if gone else state.measures.incoming_kbps,
        lag_ms=0 if gone else state.measures.lag_ms,
        started_at=iso(info.started_at),
        session_expires_at=iso(state.expires_at),
        drain_until=None if state.drain_until is None else iso(state.drain_until),
    )
