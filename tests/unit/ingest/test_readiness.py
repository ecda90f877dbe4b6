"""Why a node takes no new publishers: each reason alone, and which of them go together."""

from dataclasses import replace
from typing import Any

import pytest

from ingest_container.node.capacity import Full
from ingest_container.node.readiness import DETAIL, FULL_DETAIL, NodeCondition, NotReady

READY = NodeCondition(joined=True, stopping=False, draining=False, trusted=True, active=3, capacity=10, full=None)


def test_a_node_with_places_and_a_session_is_ready() -> None:
    assert READY.reasons == []


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"joined": False, "trusted": False}, [NotReady.STARTING]),
        ({"joined": False, "trusted": False, "stopping": True}, [NotReady.STOPPING, NotReady.DATABASE_UNREACHABLE]),
        ({"stopping": True}, [NotReady.STOPPING]),
        ({"draining": True}, [NotReady.DRAINING]),
        ({"stopping": True, "draining": True}, [NotReady.STOPPING]),
        ({"trusted": False}, [NotReady.DATABASE_UNREACHABLE]),
        ({"full": Full.LAG}, [NotReady.FULL]),
        ({"draining": True, "full": Full.PUBLISHERS}, [NotReady.DRAINING, NotReady.FULL]),
    ],
)
def test_reasons(change: dict[str, Any], reasons: list[NotReady]) -> None:
    assert replace(READY, **change).reasons == reasons


def test_every_reason_says_in_a_sentence_what_it_means() -> None:
    assert set(DETAIL) == set(NotReady)
    assert set(FULL_DETAIL) == set(Full)


@pytest.mark.parametrize("limit", Full)
def test_a_full_node_names_its_limit(limit: Full) -> None:
    (reason,) = replace(READY, full=limit).explained()
    assert reason == {"code": "full", "limit": limit.value, "detail": FULL_DETAIL[limit]}
