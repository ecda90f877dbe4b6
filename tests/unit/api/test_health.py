"""Health while the database is away: an answer, not a crash."""

import json
from collections.abc import Iterator

import pytest
from chalice.test import Client

from tests.support.ports import free_ports
from tests.support.stack import forget_connections


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody listens where the database should be."""
    (closed,) = free_ports(1)
    with monkeypatch.context() as environment:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{closed}",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }.items():
            environment.setenv(name, value)
        forget_connections()
        yield
    forget_connections()


@pytest.mark.requirement("ST-1")
@pytest.mark.requirement("ST-11")
@pytest.mark.usefixtures("no_database")
def test_health_says_which_part_is_ill() -> None:
    from app import app

    with Client(app) as client:
        answer = client.http.get("/health")
        assert answer.status_code == 503
        document = json.loads(answer.body)
        assert (document["status"], document["database"]) == ("unavailable", "unreachable")
        assert b"127.0.0.1" not in answer.body


@pytest.mark.requirement("SO-16")
@pytest.mark.requirement("ST-11")
@pytest.mark.usefixtures("no_database")
def test_a_route_that_needs_the_database_says_so_in_problem_details() -> None:
    from app import app

    with Client(app) as client:
        answer = client.http.get("/api/channels/ch_000000000000000000000000")
        assert answer.status_code == 503
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert json.loads(answer.body)["code"] == "store_unavailable"
