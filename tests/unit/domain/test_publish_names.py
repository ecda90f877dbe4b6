"""What people paste into the encoder's fields."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.publish_names import MOST_POSSIBLE, PublishName, asks_for_test, possible_keys, publish_name
from chalicelib.domain.refusals import KeyMalformed, KeyMissing, PublishRefused, WrongApplication

KEY = "aB3" * 13 + "x"
OTHER = "z" * 40


@pytest.mark.requirement("EN-7")
@pytest.mark.requirement("SS-2.1")
@pytest.mark.parametrize(
    ("application", "name"),
    [
        ("live", KEY),
        ("/live/", KEY),
        ("live", f"/{KEY}"),
        ("live", f"{KEY}/"),
        ("live", f"//{KEY}//"),
        ("live", f" {KEY}"),
        ("live", f"{KEY} \r\n\t"),
        ("live", f"\u00a0{KEY}\u200b"),
        ("live", f"\ufeff{KEY}"),
        ("live", f'"{KEY}"'),
        ("live", f"%20{KEY}%0A"),
        ("live", f"%2F{KEY}"),
        ("live", f"%61{KEY[1:]}"),
        ("live", f"live/{KEY}"),
        ("live", f"rtmp://ingest.example.com/live/{KEY}"),
        ("live", f" rtmps://ingest.example.com:443/live/{KEY}/ "),
        ("live", f"RTMP://[2001:db8::1]:1935/live/{KEY}"),
        ("live", f"rtmp%3A%2F%2Fingest.example.com%2Flive%2F{KEY}"),
        ("live", f"rtmp://ingest.example.com/{KEY}"),
        ("", f"live/{KEY}"),
        ("", f"rtmp://ingest.example.com/live/{KEY}"),
        (f"live/{KEY}", ""),
        (f"live/{KEY}", KEY),
        (f"live/{KEY}/", "/"),
        ("live", f"{KEY}\0"),
        ("live", f"\u200e\u202a{KEY}\u202c"),
        ("live", f"\u201c{KEY}\u201d"),
        ("live", f"mp4:{KEY}"),
        ("live", f"flv:{KEY}"),
        ("live?auth=1", KEY),
        (f"live?key={KEY}", KEY),
        ("live/?a=b/c", KEY),
        ("live/_definst_", KEY),
        (f"live/_definst_/{KEY}", ""),
    ],
)
def test_a_key_is_found_where_it_can_only_be_one_thing(application: str, name: str) -> None:
    assert publish_name(application, name, "live") == PublishName(KEY)


@pytest.mark.requirement("EN-7")
@pytest.mark.parametrize(
    ("application", "name"),
    [("live", ""), ("live", " "), ("live", "/"), ("live", "%20"), ("live", "rtmp://h/live"), ("live", "rtmp://h/")],
)
def test_no_key_at_all_is_told_as_that(application: str, name: str) -> None:
    with pytest.raises(KeyMissing):
        publish_name(application, name, "live")


@pytest.mark.requirement("EN-7")
@pytest.mark.parametrize(
    ("application", "name"),
    [
        ("live", f"{KEY}/{OTHER}"),
        ("live", f"rtmp://h/live/{KEY}/{OTHER}"),
        ("live", f"rtmp://h/other/{KEY}"),
        ("live", f"https://h/live/{KEY}"),
        (f"live/{KEY}/{OTHER}", ""),
    ],
)
def test_more_than_a_key_is_told_as_that(application: str, name: str) -> None:
    with pytest.raises(KeyMalformed) as raised:
        publish_name(application, name, "live")
    assert KEY not in raised.value.rtmp_description


@pytest.mark.parametrize(
    ("application", "name"),
    [
        ("", ""),
        ("", KEY),
        ("other", KEY),
        ("other/live", KEY),
        ("LIVE", KEY),
        ("live/stage", KEY),
        ("livelive", KEY),
        ("?live", KEY),
        ("_definst_", KEY),
    ],
)
def test_another_application_is_none_of_ours(application: str, name: str) -> None:
    with pytest.raises(WrongApplication):
        publish_name(application, name, "live")


@pytest.mark.parametrize("name", ["live", "short", "a b", "100%", "%zz"])
def test_what_is_no_key_is_passed_on_to_be_refused_as_unknown(name: str) -> None:
    assert publish_name("live", name, "live") == PublishName(name)


@pytest.mark.requirement("EN-7")
@given(application=st.text(max_size=60), name=st.text(max_size=120))
def test_any_text_gives_a_key_or_a_refusal(application: str, name: str) -> None:
    with contextlib.suppress(PublishRefused):
        assert publish_name(application, name, "live").stream_key


@pytest.mark.requirement("EN-7")
@pytest.mark.parametrize(
    ("application", "name", "found"),
    [
        ("elsewhere", KEY, [KEY]),
        (f"elsewhere/{KEY}", "", [KEY]),
        ("elsewhere", f"%20{KEY}?a=b", [KEY]),
        ("live", f"https://h/live/{KEY}", [KEY]),
        (f"live/{OTHER}", KEY, [KEY, OTHER]),
        (f"live/{KEY}", KEY, [KEY]),
        ("elsewhere", "short", []),
        ("elsewhere", KEY + OTHER, []),
    ],
)
def test_what_looks_like_a_key_is_found_also_where_it_is_refused(application: str, name: str, found: list[str]) -> None:
    assert possible_keys(application, name) == found


def test_only_so_many_possible_keys_are_looked_up() -> None:
    assert len(possible_keys("elsewhere", "/".join(letter * 40 for letter in "abcdef"))) == MOST_POSSIBLE


@pytest.mark.requirement("FX-17")
@pytest.mark.parametrize(
    ("application", "name"),
    [
        ("live", f"{KEY}?test=1"),
        ("live", f"{KEY}?test=true"),
        ("live", f"{KEY}?TEST=True"),
        ("live", f"{KEY}?test"),
        ("live", f" {KEY}?test=1 "),
        ("live", f"/{KEY}?test=1"),
        ("live", f"{KEY}/?test=1"),
        ("live", f"{KEY}%3Ftest%3D1"),
        ("live", f"{KEY}?bandwidthtest=true"),
        ("live", f"{KEY}?test=0&bandwidthtest=1"),
        ("live", f"rtmp://ingest.example.com/live/{KEY}?test=1"),
        ("live?test=1", KEY),
        (f"live/{KEY}?test=1", ""),
        ("live?auth=2&test=1", KEY),
    ],
)
def test_a_test_stream_is_asked_for_behind_the_key(application: str, name: str) -> None:
    assert publish_name(application, name, "live") == PublishName(KEY, is_test=True)


@pytest.mark.requirement("FX-17")
def test_a_query_that_was_taken_off_the_name_already_counts() -> None:
    assert publish_name("live", KEY, "live", "test=1") == PublishName(KEY, is_test=True)


@pytest.mark.requirement("FX-17")
@pytest.mark.parametrize(
    "name", [KEY, f"{KEY}?test=0", f"{KEY}?test=false", f"{KEY}?", f"{KEY}?bandwidthtest=false", f"{KEY}?session=7"]
)
def test_a_broadcast_is_not_a_test(name: str) -> None:
    assert publish_name("live", name, "live") == PublishName(KEY)


@pytest.mark.requirement("FX-17")
@pytest.mark.parametrize(
    ("query", "is_test"),
    [
        ("", False),
        ("key=abc", False),
        ("key=abc&test=1", True),
        ("token=x&bandwidthtest=true", True),
        ("test=0", False),
        ("test=maybe", True),
        ("latest=1", False),
        ("test=1?test=0", True),
    ],
)
def test_of_a_query_only_our_parameters_count_and_in_doubt_it_is_a_test(query: str, is_test: bool) -> None:
    assert asks_for_test(query) is is_test
