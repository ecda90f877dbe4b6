"""Ingest nodes, as administrators see them."""

from chalicelib.contract import Node
from chalicelib.domain.nodes import NodeState
from chalicelib.domain.times import iso


def node(state: NodeState, *, gone: bool) -> Node:
    info = state.info
    return Node(
        node_id=info.node_id,
        status="gone" if gone else "draining" if state.draining else "serving",
        address=info.address,
        region=info.region,
        capacity=info.capacity,
        active=state.active,
        started_at=iso(info.started_at),
        session_expires_at=iso(state.expires_at),
    )
