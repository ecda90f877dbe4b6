"""A request with an Idempotency-Key is done once, and its answer, which may hold a stream key, is kept sealed."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import boto3
import pytest
from ulid import ULID

from chalicelib.domain.errors import IdempotencyKeyReused, NotLive, StillInProgress
from chalicelib.services.idempotency import once
from tests.support.stack import Emulator

pytestmark = pytest.mark.needs("ministack")

ROUTE = "POST /api/admin/keys"
A_MINUTE = 60_000


@pytest.fixture
def key(cloud: Emulator) -> str:
    return str(ULID())


class Work:
    """Counts how often it is done; each time the answer is another."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self) -> str:
        self.done += 1
        return f'{{"stream_key":"secret number {self.done}"}}'


def test_the_second_time_the_first_answer_is_given(key: str) -> None:
    work = Work()
    answers = [once("admin", ROUTE, key, "{}", work, A_MINUTE) for _ in range(3)]
    assert (work.done, set(answers)) == (1, {'{"stream_key":"secret number 1"}'})


def test_another_asker_another_route_and_another_key_are_other_requests(key: str) -> None:
    work = Work()
    for asker, route, name in (
        ("admin", ROUTE, key),
        ("user:1", ROUTE, key),
        ("admin", "POST /other", key),
        ("admin", ROUTE, key + "2"),
    ):
        once(asker, route, name, "{}", work, A_MINUTE)
    assert work.done == 4


def test_the_same_key_with_other_content_is_refused(key: str) -> None:
    once("admin", ROUTE, key, '{"label":"a"}', Work(), A_MINUTE)
    with pytest.raises(IdempotencyKeyReused):
        once("admin", ROUTE, key, '{"label":"b"}', Work(), A_MINUTE)


def test_a_request_that_failed_may_be_sent_again(key: str) -> None:
    def fail() -> str:
        raise NotLive()

    with pytest.raises(NotLive):
        once("admin", ROUTE, key, "{}", fail, A_MINUTE)
    work = Work()
    once("admin", ROUTE, key, "{}", work, A_MINUTE)
    assert work.done == 1


def test_while_the_first_is_worked_on_the_second_is_told_to_wait(key: str) -> None:
    begun, may_end = Event(), Event()

    def slow() -> str:
        begun.set()
        may_end.wait(60)
        return "{}"

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(once, "admin", ROUTE, key, "{}", slow, A_MINUTE)
        begun.wait(60)
        with pytest.raises(StillInProgress):
            once("admin", ROUTE, key, "{}", Work(), A_MINUTE)
        may_end.set()
        assert first.result(60) == "{}"


def test_what_a_function_left_undone_when_its_time_was_over_is_done_by_the_next(key: str) -> None:
    class Killed(BaseException):
        """As if the process had gone: no clean-up runs."""

    def die() -> str:
        raise Killed()

    with pytest.raises(Killed):
        once("admin", ROUTE, key, "{}", die, 1)
    work, deadline = Work(), time.monotonic() + 30
    while work.done == 0 and time.monotonic() < deadline:
        try:
            once("admin", ROUTE, key, "{}", work, A_MINUTE)
        except StillInProgress:
            continue
    assert work.done == 1


def test_the_table_holds_no_answer_in_the_clear(cloud: Emulator, key: str) -> None:
    once("admin", ROUTE, key, '{"label":"sealed"}', Work(), A_MINUTE)
    table = cloud.env["STREAM_SYNC_TABLE_PREFIX"] + "idempotency"
    items = boto3.client("dynamodb", endpoint_url=cloud.url, region_name="us-east-1").scan(TableName=table)["Items"]
    assert items
    assert "secret number" not in repr(items)
    assert "sealed" not in repr(items)
