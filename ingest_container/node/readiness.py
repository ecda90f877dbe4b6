"""Whether the node should get new publishers, and why not, as load balancers are told. Pure: no clock, no network."""

from dataclasses import dataclass
from enum import StrEnum

from ingest_container.node.capacity import Full


class NotReady(StrEnum):
    """Why a node takes no new publishers; the values are stable codes."""

    STARTING = "starting"
    STOPPING = "stopping"
    DRAINING = "draining"
    DATABASE_UNREACHABLE = "database_unreachable"
    FULL = "full"


DETAIL: dict[NotReady, str] = {
    NotReady.STARTING: "The node has not joined the fleet yet: it waits for the database.",
    NotReady.STOPPING: "The node stops: its streams are moved to other nodes, or ended.",
    NotReady.DRAINING: "The node drains: it takes no new publishers until it is undrained or restarted.",
    NotReady.DATABASE_UNREACHABLE: "The node could not renew its session: running streams continue.",
    NotReady.FULL: "The node has no room for another publisher.",
}
FULL_DETAIL: dict[Full, str] = {
    Full.PUBLISHERS: "Every place for a publisher is taken, or nearly: STREAM_SYNC_CAPACITY.",
    Full.BANDWIDTH: "The publishers send as much as the node may receive: STREAM_SYNC_CAPACITY_MBPS.",
    Full.LAG: "The event loop is late: STREAM_SYNC_CAPACITY_LAG_MS.",
}


@dataclass(frozen=True, slots=True)
class NodeCondition:
    """The node at this moment."""

    joined: bool
    stopping: bool
    draining: bool
    trusted: bool  # its session is renewed
    active: int
    capacity: int
    full: Full | None  # the limit that is reached

    @property
    def reasons(self) -> list[NotReady]:
        """All that apply; none if it is ready."""
        if not self.joined and not self.stopping:
            return [NotReady.STARTING]  # the others would only repeat it
        found = {
            NotReady.STOPPING: self.stopping,
            NotReady.DRAINING: self.draining and not self.stopping,
            NotReady.DATABASE_UNREACHABLE: not self.trusted,
            NotReady.FULL: self.full is not None,
        }
        return [reason for reason, applies in found.items() if applies]

    def explained(self) -> list[dict[str, str]]:
        """The reasons for machines and people; `full` names the `limit` that is reached."""
        return [self._explain(reason) for reason in self.reasons]

    def _explain(self, reason: NotReady) -> dict[str, str]:
        if reason is NotReady.FULL and self.full is not None:
            return {"code": reason.value, "limit": self.full.value, "detail": FULL_DETAIL[self.full]}
        return {"code": reason.value, "detail": DETAIL[reason]}
