"""Whatever is sent is answered with problem details that name what to mend, and nothing of ours leaks."""

import pytest

from tests.integration.api.conftest import Client

LIMIT = 64 * 1024


@pytest.mark.requirement("SO-16")
@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"",
        b"nonsense",
        b'{"title": "x"',
        b'{"title": "x",}',
        b'\xff\xfe{"title"',
        b'{"title": "\\ud800"}',
        b"[" * 60_000,
        b'{"title": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"title": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[]",
        b'"title"',
        b"null",
        b"5",
        b"NaN",
        b'{"title": NaN}',
        b'{"title": 1e999}',
    ],
    ids=lambda raw: f"{raw[:20]!r}...{len(raw)}",
)
def test_a_body_that_cannot_be_read_is_told_so(me: Client, raw: bytes) -> None:
    answer = me("PATCH", "/api/channel", raw=raw)
    if raw == b"":
        assert answer.status == 200, "nothing is a change of nothing"
    else:
        assert answer.problem(400, "invalid_input")["errors"]


@pytest.mark.requirement("SO-16")
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": 5}, "title"),
        ({"title": ["x"]}, "title"),
        ({"title": "x" * 141}, "title"),
        ({"description": "x" * 2_001}, "description"),
        ({"category": {"x": 1}}, "category"),
        ({"tags": "music"}, "tags"),
        ({"tags": ["x"] * 11}, "tags"),
        ({"tags": ["x" * 31]}, "tags.0"),
        ({"tags": ["ok", ""]}, "tags.1"),
        ({"tags": [None]}, "tags.0"),
        ({"visibility": "secret"}, "visibility"),
        ({"visibility": True}, "visibility"),
        ({"owner": "me"}, "owner"),
        ({"channel_id": "ch_1"}, "channel_id"),
        ({"__proto__": {}}, "(unknown name)"),
    ],
)
def test_a_field_that_cannot_be_is_named_without_its_value(me: Client, body: dict[str, object], field: str) -> None:
    before = me.get("/api/channel").json
    document = me("PATCH", "/api/channel", {"category": "kept out"} | body).problem(400, "invalid_input")
    assert [error["field"] for error in document["errors"]] == [field]
    assert me.get("/api/channel").json == before


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("PATCH", "/api/channel", {"title": "x" * 141}, "may have at most 140 characters"),
        ("PATCH", "/api/channel", {"tags": ["x"] * 11}, "may have at most 10 entries"),
        ("PATCH", "/api/channel", {"tags": [""]}, "must have 1 or more characters"),
        (
            "POST",
            "/api/channel/keys",
            {"allow_list": ["home"]},
            "must be a network such as 203.0.113.0/24 or an address",
        ),
    ],
)
def test_the_words_are_for_the_person_in_front_of_the_form(
    me: Client, method: str, path: str, body: dict[str, object], words: str
) -> None:
    (error,) = me(method, path, body).problem(400, "invalid_input")["errors"]
    assert error["problem"] == words


def test_several_bad_fields_are_told_together(me: Client) -> None:
    document = me("PATCH", "/api/channel", {"title": 1, "tags": 2}).problem(400, "invalid_input")
    assert {error["field"] for error in document["errors"]} == {"title", "tags"}


@pytest.mark.parametrize("size", [LIMIT + 1, 1024 * 1024, 11 * 1024 * 1024], ids=["64 KB", "1 MB", "11 MB"])
def test_a_body_past_the_limit_is_too_large(me: Client, size: int) -> None:
    raw = b'{"description": "' + b"x" * (size - 19) + b'"}'
    me("PATCH", "/api/channel", raw=raw).problem(413, "payload_too_large")


def test_the_largest_description_fits(me: Client) -> None:
    text = "🎥" * 2_000
    assert me("PATCH", "/api/channel", {"description": text}).json["description"] == text


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"]
)
def test_another_content_type_is_unsupported(me: Client, kind: str) -> None:
    me("PATCH", "/api/channel", raw=b"title=x", Content_Type=kind).problem(415, "unsupported_media_type")


def test_json_with_a_charset_is_json(me: Client) -> None:
    answer = me("PATCH", "/api/channel", {"title": "x"}, Content_Type="application/json; charset=utf-8")
    assert answer.json["title"] == "x"


@pytest.mark.requirement("SO-16")
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/channel/x/y", "/api/admin", "/api/../x"])
def test_an_unknown_route_is_not_found(me: Client, path: str) -> None:
    me.get(path).problem(404, "route_not_found")


@pytest.mark.requirement("SO-16")
@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/api/channel"), ("PUT", "/api/channel"), ("POST", "/health"), ("GET", "/api/channel/stop")],
)
def test_a_method_that_a_route_does_not_take_is_told_with_those_it_takes(me: Client, method: str, path: str) -> None:
    answer = me(method, path)
    answer.problem(405, "method_not_allowed")
    assert method not in answer.headers["allow"]


@pytest.mark.parametrize(
    "stream_id",
    [
        "0" * 26,
        "'%20OR%201=1--",
        "..%2F..%2Fetc%2Fpasswd",
        "x" * 4_000,
        "%F0%9F%94%91" * 10,
    ],
)
def test_an_unknown_stream_is_not_found_whatever_it_is_called(anyone: Client, stream_id: str) -> None:
    answer = anyone.get(f"/api/streams/{stream_id}")
    answer.problem(404, "stream_not_found")
    assert "set-cookie" not in answer.headers


@pytest.mark.requirement("HI-8")
@pytest.mark.requirement("SO-16")
@pytest.mark.parametrize("name", ["%00", "%0d%0aSet-Cookie:x", "a%1bb", "%7f"])
@pytest.mark.parametrize("collection", ["streams", "channels"])
def test_a_path_with_a_control_character_has_no_route(anyone: Client, collection: str, name: str) -> None:
    answer = anyone.get(f"/api/{collection}/{name}")
    answer.problem(404, "route_not_found")
    assert "set-cookie" not in answer.headers


def test_control_characters_are_no_text(me: Client) -> None:
    for text in ("a\x00", "\x1b[31mred", "\u202egnp.exe", "one\ntwo"):
        problem = me("PATCH", "/api/channel", {"title": text}).problem(400, "invalid_input")
        assert problem["errors"] == [
            {"field": "title", "problem": f"must not contain the control character U+{_first_control(text):04X}"}
        ]
    lines = "one\n\ttwo"
    assert me("PATCH", "/api/channel", {"description": lines}).json["description"] == lines


def _first_control(text: str) -> int:
    return next(ord(one) for one in text if not one.isprintable())
