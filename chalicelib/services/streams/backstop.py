"""The backstop for streams whose node died with no living node to see it, and for publishers on media servers.

A schedule runs it once a minute. Of every stream that has not ended it reads three attributes, of every node the
session, and rows only where a node seems dead. What does not fit into a minute is for the next one: it starts from the
rows again, and nothing was announced that is not done.
"""

import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from chalicelib.domain.events import StreamStateChange
from chalicelib.domain.leases import is_over
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services.streams import reaping
from chalicelib.services.streams.reaping import Outcome
from chalicelib.store import live, nodes, streams

SECOND_LOOK = 3.0  # seconds in which every living node renews, once the database answers
ENDS_FOR = 30_000  # ms in which a run ends streams; with the looks before it and the events after it, within 50 s
MOST_ENDED = 10_000  # streams of a run
ENDS_AT_ONCE = 16


def sweep(regions: Iterable[str], clock: Callable[[], int], pause: Callable[[float], None]) -> list[StreamStateChange]:
    """Looks twice, and ends what is without a living node both times. `pause` takes seconds."""
    suspects = without_node(regions, clock())
    if not suspects:
        return []
    pause(SECOND_LOOK)
    return end_if_dead(suspects, clock)


def sweep_at_once(regions: Iterable[str], now: int) -> list[StreamStateChange]:
    """For who knows that living nodes have renewed their sessions."""
    return end_if_dead(without_node(regions, now), lambda: now)


def without_node(regions: Iterable[str], now: int) -> list[str]:
    """Ids of streams that have not ended and whose node's session is over."""
    carried = live.carried(regions)
    sessions = nodes.sessions_of({each.node_id for each in carried})
    return [each.stream_id for each in carried if is_over(sessions.get(each.node_id), each.incarnation, now)]


def end_if_dead(suspects: list[str], clock: Callable[[], int]) -> list[StreamStateChange]:
    """Raises StoreUnavailable if it could end none of those that there were to end."""
    now = clock()
    # Any of them, so that those that cannot be ended do not keep a run from the others.
    found = list(streams.many(random.sample(suspects, min(MOST_ENDED, len(suspects)))).values())
    sessions = nodes.sessions_of(stream.node_id for stream in found)
    dead = [stream for stream in found if is_over(sessions.get(stream.node_id), stream.incarnation, now)]
    until = now + ENDS_FOR
    failures: list[StoreUnavailable] = []

    def end(position: int) -> Outcome:
        if clock() >= until or failures:
            return Outcome()
        stream = dead[position]
        try:
            return reaping.end(stream, sessions.get(stream.node_id), now)
        except StoreUnavailable as failure:
            failures.append(failure)
            return Outcome()

    with ThreadPoolExecutor(ENDS_AT_ONCE, thread_name_prefix="backstop") as pool:
        ended = [outcome.ended for outcome in pool.map(end, range(len(dead))) if outcome.ended is not None]
    if failures and not ended:
        raise failures[0]
    return ended
