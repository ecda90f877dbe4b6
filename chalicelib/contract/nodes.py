"""Shapes of ingest nodes and of the service's health."""

from typing import Literal

from pydantic import BaseModel, Field

from chalicelib.domain.nodes import Readiness
from chalicelib.domain.times import IsoTime


class Node(BaseModel):
    """`status` is `gone` if the node has stopped renewing its session. `version` is what was deployed, on Fargate the
    task definition's revision; empty if it is not known. `drain_until` is when its streams have to be on
    other nodes, if the drain has a deadline."""

    node_id: str
    status: Literal["serving", "draining", "gone"]
    address: str
    region: str
    version: str
    capacity: int
    active: int
    free: int = Field(description="How many more publishers it has room for, by number, bandwidth and lag together")
    incoming_kbps: int = Field(description="What its publishers send together")
    lag_ms: int = Field(description="How late its event loop runs timers: the 99th percentile of the last minute")
    started_at: IsoTime
    session_expires_at: IsoTime
    drain_until: IsoTime | None = None


class NodeList(BaseModel):
    """`ingest` is whether any node accepts new publishers, as in `GET /health`; `message` says it if none does."""

    nodes: list[Node]
    ingest: Readiness
    message: str | None = None


class Health(BaseModel):
    """`degraded` means that running streams continue, but no ingest node accepts new ones; `ingest` says why: `full`,
    `draining` or `none`.

    `ingest` is null if the database cannot be read.
    """

    status: Literal["ok", "degraded", "unavailable"]
    database: Literal["ok", "unreachable"]
    ingest: Readiness | None
    stage: str
    detail: str | None = None
