"""What caches may keep: only what everybody is told alike, and only for moments."""

import app  # noqa: F401 - registers all routes
from chalicelib.api.routing import ANYONE, OPERATIONS


def test_only_public_answers_may_be_cached_and_only_for_moments() -> None:
    cached = {operation.path: operation for operation in OPERATIONS if operation.max_age}
    assert set(cached) == {
        "/api/streams/public",
        "/api/channels/{channel_id}",
        "/api/channels/{channel_id}/recordings",
        "/api/channels/{channel_id}/schedule.ics",
    }
    for operation in cached.values():
        assert operation.audience is ANYONE
        assert operation.method == "GET"
        assert not operation.no_store
        assert operation.max_age <= 5
