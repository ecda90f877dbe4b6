"""The lease: who may publish on a channel, across all nodes.

Sessions hold locks. A node renews one session for all its streams; a channel's lease names its holder
(node, incarnation, publisher) and an integer fence that only ever grows:

    node A  --renew---renew---x (crash)                    session over at  last renewal + SESSION_TTL
    lease   ==== held by A, fence 7 ====|--- margin ---|   takeover by B: fence 8
    node B                                             `-- claim, conditioned on fence 7 and A's session being over

Clocks of nodes differ by less than `CLOCK_MARGIN`: others call a session over one margin late, its holder stops
trusting it one margin early. So at no instant do two nodes believe that they hold a channel.
"""

from dataclasses import dataclass

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.measures import NOT_COUNTED, Counted

SESSION_TTL = 6_000  # ms a renewal is good for
RENEW_INTERVAL = 1_500  # ms between renewals: three may be lost before the session is
CLOCK_MARGIN = 1_000  # ms of clock difference between nodes that is tolerated
NODE_LOST_GRACE = 2_000  # ms that a dead node's streams still wait for their encoder elsewhere; see `dead_node_grace`
# ms before the end of that grace in which nobody takes over any more: readers say OFFLINE from its end on, and a claim
# that was judged in time is written a little later.
TAKEOVER_MARGIN = 500


@dataclass(frozen=True, slots=True)
class Holder:
    """One publisher's connection on one run of one node."""

    node_id: str
    incarnation: str
    publisher_id: str


@dataclass(frozen=True, slots=True)
class Lease:
    """A channel's lock. `holder` is None when it is free; `fence` grows with every change of hands."""

    holder: Holder | None = None
    fence: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to publish: every later write of the stream carries `fence`.

    `key` has the terms that it was given for, None where nobody asks. `started_at` is set when it is resumed, and
    `counted` has what was counted before.
    """

    channel_id: str
    stream_id: str
    key_id: str
    fence: int
    holder: Holder
    resumed: bool
    grace: int
    started_at: int | None = None
    recording: bool = False  # whether the stream is to be recorded
    test: bool = False  # a test stream: for nobody but the channel's owner
    counted: Counted = NOT_COUNTED
    key: StreamKey | None = None
    taken_over: bool = False  # from a publisher that was there


@dataclass(frozen=True, slots=True)
class NodeSession:
    """A node's session as stored; `expires_at` moves with every renewal."""

    node_id: str
    incarnation: str
    expires_at: int


def is_over(session: NodeSession | None, incarnation: str, now: int) -> bool:
    """Whether others may treat the session of `incarnation` as over: gone, restarted, or expired by a margin."""
    return session is None or session.incarnation != incarnation or now > session.expires_at + CLOCK_MARGIN


def may_trust_own(expires_at: int, now: int) -> bool:
    """Whether a node may still act on its own session, one margin before others may take it for over."""
    return now < expires_at - CLOCK_MARGIN


def dead_node_grace(session: NodeSession | None, incarnation: str, now: int) -> int:
    """Until when (ms) a dead node's streams may be resumed elsewhere.

    A crash is seen SESSION_TTL + CLOCK_MARGIN after the last renewal at the latest; with NODE_LOST_GRACE on top the
    channel is OFFLINE 9 s after the crash, inside the promised 10. A restarted or vanished node leaves no such time.
    """
    if session is None or session.incarnation != incarnation:
        return now
    return session.expires_at + CLOCK_MARGIN + NODE_LOST_GRACE
