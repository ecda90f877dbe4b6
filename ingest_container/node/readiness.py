"""Whether the node should get new publishers, and why not, as load balancers are told. Pure: no clock, no network."""

from dataclasses import dataclass
from enum import StrEnum


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
    NotReady.FULL: "The node has no room for another publisher: places, bandwidth or event loop.",
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
    full: bool

    @property
    def reasons(self) -> list[NotReady]:
        """All that apply; none if it is ready."""
        if not self.joined and not self.stopping:
            return [NotReady.STARTING]  # the others would only repeat it
        found = {
            NotReady.STOPPING: self.stopping,
            NotReady.DRAINING: self.draining and not self.stopping,
            NotReady.DATABASE_UNREACHABLE: not self.trusted,
            NotReady.FULL: self.full,
        }
        return [reason for reason, applies in found.items() if applies]
