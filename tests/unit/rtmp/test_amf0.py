"""AMF0: what is written reads back, and what real senders do differently reads as they meant it."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_container.rtmp.amf0 import AmfValue, Date, decode, encode
from ingest_container.rtmp.errors import AmfError, ProtocolError
from ingest_container.rtmp.limits import Limits

LIMITS = Limits()
END = b"\x00\x00\x09"

numbers = st.floats(allow_nan=False)
names = st.text(min_size=1, max_size=20)
leaves = st.none() | st.booleans() | numbers | st.text(max_size=50) | st.builds(Date, numbers)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5),
    max_leaves=20,
)


def text(value: str) -> bytes:
    return len(value).to_bytes(2, "big") + value.encode()


@given(st.lists(values, max_size=5))
def test_what_is_written_reads_back(written: list[AmfValue]) -> None:
    assert decode(encode(*written), Limits(max_amf_depth=40)) == written


@given(st.binary(max_size=200))
def test_garbage_is_an_amf_error_and_nothing_else(garbage: bytes) -> None:
    with suppress(AmfError):
        decode(garbage, LIMITS)


def test_numbers_are_big_endian_doubles() -> None:
    assert encode(1.5) == b"\x00" + struct.pack(">d", 1.5)


@pytest.mark.parametrize("count", [0, 1, 7, 0xFFFFFFFF])
def test_ecma_array_with_a_wrong_count_ends_at_its_end_marker(count: int) -> None:
    entries = text("a") + encode(1.0) + text("b") + encode(True)
    data = b"\x08" + count.to_bytes(4, "big") + entries + END + encode("next")
    assert decode(data, LIMITS) == [{"a": 1.0, "b": True}, "next"]


def test_strict_array() -> None:
    assert decode(b"\x0a\x00\x00\x00\x02" + encode(1.0, "x"), LIMITS) == [[1.0, "x"]]


def test_date_keeps_its_milliseconds_and_drops_its_zone() -> None:
    assert decode(b"\x0b" + struct.pack(">d", 1000.0) + b"\xff\xc4", LIMITS) == [Date(1000.0)]


def test_long_string() -> None:
    long = "x" * 70_000
    assert encode(long)[0] == 0x0C
    assert decode(encode(long), Limits(max_amf_string_bytes=70_000)) == [long]


def test_undefined_null_and_unsupported_are_none() -> None:
    assert decode(b"\x06\x05\x0d", LIMITS) == [None, None, None]


def test_typed_object_reads_as_a_plain_one() -> None:
    assert decode(b"\x10" + text("Class") + text("a") + encode(1.0) + END, LIMITS) == [{"a": 1.0}]


def test_nothing_is_read_behind_a_switch_to_amf3() -> None:
    assert decode(encode("connect", 1.0) + b"\x11\x0a\x0b\x01", LIMITS) == ["connect", 1.0]


def test_text_that_is_no_utf_8_is_replaced() -> None:
    assert decode(b"\x02\x00\x02\xff\xfe", LIMITS) == ["\ufffd\ufffd"]


@pytest.mark.parametrize("cut", range(1, len(encode({"name": ["x", 1.0]}))))
def test_a_value_cut_short_is_an_error(cut: int) -> None:
    with pytest.raises(AmfError):
        decode(encode({"name": ["x", 1.0]})[:cut], LIMITS)


def test_depth_is_bounded() -> None:
    nested: AmfValue = 1.0
    for _ in range(LIMITS.max_amf_depth):
        nested = [nested]
    assert decode(encode(nested), LIMITS) == [nested]
    with pytest.raises(AmfError):
        decode(encode([nested]), LIMITS)
    with pytest.raises(AmfError):  # far past Python's own stack
        decode(b"\x0a\x00\x00\x00\x01" * 100_000, LIMITS)


def test_entries_are_bounded_over_the_whole_body() -> None:
    half: AmfValue = {str(index): None for index in range(LIMITS.max_amf_entries // 2)}
    with pytest.raises(AmfError):
        decode(encode(half, half), LIMITS)
    with pytest.raises(AmfError):  # refused by its count, before a list is made
        decode(b"\x0a\xff\xff\xff\xff", LIMITS)


def test_strings_are_bounded() -> None:
    with pytest.raises(AmfError):
        decode(encode("x" * 11), Limits(max_amf_string_bytes=10))


def test_errors_hold_no_text_of_the_peer() -> None:
    with pytest.raises(ProtocolError) as caught:
        decode(encode("secretkey") + b"\x02\x00\x20secretkey", LIMITS)
    assert "secretkey" not in str(caught.value)
