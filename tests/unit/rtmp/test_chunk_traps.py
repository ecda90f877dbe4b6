"""Every form of the chunk stream that has broken a known implementation, each by name.

Each stream is read whole, byte by byte, and with the beginning of another message behind it; the messages must be the
same.
"""

import pytest

from ingest_container.rtmp.chunk_writer import ChunkWriter
from ingest_container.rtmp.chunks import ChunkReader
from ingest_container.rtmp.errors import ProtocolError
from ingest_container.rtmp.limits import Limits
from ingest_container.rtmp.messages import (
    ABORT,
    AUDIO,
    COMMAND_AMF0,
    DATA_AMF0,
    SET_CHUNK_SIZE,
    VIDEO,
    WINDOW_ACKNOWLEDGEMENT_SIZE,
    Message,
    word,
)
from tests.support.rtmp_peer import chunk, message

# (type, message stream, time, body)
Read = list[tuple[int, int, int, bytes]]


def read_pieces(pieces: list[bytes], limits: Limits | None = None) -> Read:
    reader = ChunkReader(limits or Limits())
    read: Read = []
    for piece in pieces:
        reader.feed(piece)
        while (message := reader.next_message()) is not None:
            read.append((message.type_id, message.stream_id, message.timestamp, message.payload))
    return read


def read(data: bytes) -> Read:
    """What any cut of the stream must give."""
    whole = read_pieces([data])
    assert read_pieces([data[i : i + 1] for i in range(len(data))]) == whole
    assert read_pieces([data + chunk(0, 6, b"\x00", length=200, type_id=VIDEO)]) == whole
    return whole


def body(size: int, seed: int = 0) -> bytes:
    """Bytes that tell their place, without those that could be taken for a continuation header by chance."""
    return bytes((index * 7 + seed) % 0xC0 for index in range(size))


def test_message_of_many_chunks() -> None:
    assert read(message(4, VIDEO, body(1000), time=5, stream_id=1)) == [(VIDEO, 1, 5, body(1000))]


def test_message_whose_size_is_a_multiple_of_the_chunk_size() -> None:
    data = message(4, VIDEO, body(256)) + message(5, AUDIO, body(128))
    assert read(data) == [(VIDEO, 0, 0, body(256)), (AUDIO, 0, 0, body(128))]


def test_body_bytes_that_look_like_continuation_headers() -> None:
    payload = bytes((0xC4,)) * 1000
    assert read(message(4, VIDEO, payload)) == [(VIDEO, 0, 0, payload)]


@pytest.mark.parametrize("chunk_size", [1, 2, 127, 4096, 65536])
def test_any_chunk_size(chunk_size: int) -> None:
    data = message(2, SET_CHUNK_SIZE, word(chunk_size)) + message(4, VIDEO, body(5000), chunk_size=chunk_size)
    assert read(data) == [(VIDEO, 0, 0, body(5000))]


def test_chunk_size_larger_than_any_message_is_taken_as_no_cutting() -> None:
    data = message(2, SET_CHUNK_SIZE, word(0x7FFFFFFF)) + message(4, VIDEO, body(5000), chunk_size=9999)
    assert read(data) == [(VIDEO, 0, 0, body(5000))]


def test_interleaved_control_message_is_delivered_before_the_message_around_it_is_whole() -> None:
    first, rest = body(300)[:128], body(300)[128:]
    data = chunk(0, 4, first, length=300, type_id=VIDEO) + message(2, WINDOW_ACKNOWLEDGEMENT_SIZE, word(9))
    assert read(data) == [(WINDOW_ACKNOWLEDGEMENT_SIZE, 0, 0, word(9))]
    data += chunk(3, 4, rest[:128]) + chunk(3, 4, rest[128:])
    assert read(data) == [(WINDOW_ACKNOWLEDGEMENT_SIZE, 0, 0, word(9)), (VIDEO, 0, 0, body(300))]


def test_audio_and_video_interleaved_chunk_by_chunk() -> None:
    video, audio = body(384, 1), body(384, 2)
    data = b"".join(
        chunk(0 if start == 0 else 3, chunk_stream, payload[start : start + 128], length=384, type_id=type_id)
        for start in (0, 128, 256)
        for chunk_stream, payload, type_id in ((4, video, VIDEO), (5, audio, AUDIO))
    )
    assert read(data) == [(VIDEO, 0, 0, video), (AUDIO, 0, 0, audio)]


def test_set_chunk_size_between_two_chunks_of_another_message() -> None:
    payload = body(500)
    data = (
        chunk(0, 4, payload[:128], length=500, type_id=VIDEO)
        + message(2, SET_CHUNK_SIZE, word(300))
        + chunk(3, 4, payload[128:428])
        + chunk(3, 4, payload[428:])
    )
    assert read(data) == [(VIDEO, 0, 0, payload)]


def test_chunk_size_made_smaller_between_two_chunks_of_another_message() -> None:
    payload = body(200)
    data = (
        chunk(0, 4, payload[:128], length=200, type_id=VIDEO)
        + message(2, SET_CHUNK_SIZE, word(50))
        + chunk(3, 4, payload[128:178])
        + chunk(3, 4, payload[178:])
    )
    assert read(data) == [(VIDEO, 0, 0, payload)]


def test_abort_throws_away_the_unfinished_message_only() -> None:
    data = (
        chunk(0, 4, body(128), length=300, type_id=VIDEO, time=7)
        + chunk(0, 5, body(128, 1), length=200, type_id=AUDIO)
        + message(2, ABORT, word(4))
        + chunk(3, 5, body(200, 1)[128:])
        + chunk(1, 4, body(20), length=20, type_id=VIDEO, time=3)
    )
    assert read(data) == [(AUDIO, 0, 0, body(128, 1) + body(200, 1)[128:]), (VIDEO, 0, 10, body(20))]


def test_abort_of_a_chunk_stream_without_a_message_changes_nothing() -> None:
    data = message(2, ABORT, word(4)) + message(4, VIDEO, body(20)) + message(2, ABORT, word(4))
    assert read(data) == [(VIDEO, 0, 0, body(20))]


def test_zero_length_messages() -> None:
    data = message(4, VIDEO, b"") + message(4, AUDIO, b"", time=4) + chunk(3, 4, b"") + message(4, VIDEO, b"x")
    assert read(data) == [(VIDEO, 0, 0, b""), (AUDIO, 0, 4, b""), (AUDIO, 0, 8, b""), (VIDEO, 0, 0, b"x")]


@pytest.mark.parametrize("chunk_stream", [3, 63, 64, 65, 319, 320, 321, 577, 65599])
def test_chunk_stream_ids_of_one_two_and_three_bytes(chunk_stream: int) -> None:
    assert read(message(chunk_stream, VIDEO, body(300))) == [(VIDEO, 0, 0, body(300))]


def test_three_byte_chunk_stream_id_is_little_endian() -> None:
    # 64 + 1 + 2 * 256: begun in one form and continued byte by byte as the specification has it
    data = b"\x01\x01\x02" + bytes(3) + b"\x00\x00\x81" + bytes((VIDEO,)) + bytes(4) + body(128)
    assert read(data + chunk(3, 64 + 1 + 2 * 256, b"!")) == [(VIDEO, 0, 0, body(128) + b"!")]


def test_one_chunk_stream_named_by_its_two_byte_and_its_three_byte_form() -> None:
    data = chunk(0, 70, body(128), length=130, type_id=VIDEO) + chunk(3, 70, b"ab", wide_id=True)
    assert read(data) == [(VIDEO, 0, 0, body(128) + b"ab")]


def test_message_stream_id_is_little_endian() -> None:
    assert read(message(4, VIDEO, b"x", stream_id=0x01020304)) == [(VIDEO, 0x01020304, 0, b"x")]


def test_extended_timestamp_repeated_on_continuation_chunks() -> None:
    assert read(message(4, VIDEO, body(400), time=0x01000000)) == [(VIDEO, 0, 0x01000000, body(400))]


def test_extended_timestamp_left_out_on_continuation_chunks() -> None:
    payload = body(400, 3)
    data = chunk(0, 4, payload[:128], time=0x01000000, length=400, type_id=VIDEO)
    data += b"".join(chunk(3, 4, payload[start : start + 128]) for start in (128, 256, 384))
    assert read(data) == [(VIDEO, 0, 0x01000000, payload)]


def test_extended_timestamp_left_out_before_a_last_chunk_shorter_than_it() -> None:
    payload = body(130, 3)
    data = chunk(0, 4, payload[:128], time=0x01000000, length=130, type_id=VIDEO) + chunk(3, 4, payload[128:])
    assert read(data) == [(VIDEO, 0, 0x01000000, payload)]


def test_time_of_exactly_0xffffff_is_extended() -> None:
    assert read(message(4, VIDEO, body(200), time=0xFFFFFF)) == [(VIDEO, 0, 0xFFFFFF, body(200))]


def test_deltas_that_sum_to_exactly_0xffffff_are_not_extended() -> None:
    data = message(4, VIDEO, b"a", time=0xFFFFF0)
    data += chunk(1, 4, b"b" * 128, time=0xF, length=200, type_id=VIDEO) + chunk(3, 4, b"b" * 72)
    data += chunk(2, 4, b"c" * 128, time=1) + chunk(3, 4, b"c" * 72)
    assert [(time, len(payload)) for _, _, time, payload in read(data)] == [
        (0xFFFFF0, 1),
        (0xFFFFFF, 200),
        (0x1000000, 200),
    ]


def test_extended_delta() -> None:
    data = message(4, VIDEO, b"a", time=10) + chunk(1, 4, b"b", time=0x1000000, length=1, type_id=VIDEO)
    assert [time for _, _, time, _ in read(data)] == [10, 0x100000A]


def test_type_3_chunk_that_begins_a_message_repeats_the_delta() -> None:
    data = message(4, AUDIO, b"a", time=100) + chunk(2, 4, b"b", time=20) + chunk(3, 4, b"c") + chunk(3, 4, b"d")
    assert [(time, payload) for _, _, time, payload in read(data)] == [
        (100, b"a"),
        (120, b"b"),
        (140, b"c"),
        (160, b"d"),
    ]


def test_type_3_chunk_after_type_0_repeats_the_time_as_its_delta() -> None:
    data = message(4, AUDIO, b"a", time=20) + chunk(3, 4, b"b")
    assert [time for _, _, time, _ in read(data)] == [20, 40]


def test_type_3_chunk_that_begins_a_message_repeats_the_extended_delta() -> None:
    data = message(4, AUDIO, b"a", time=1) + chunk(2, 4, b"b", time=0x1000000)
    data += chunk(3, 4, b"c", extended=word(0x1000000))
    assert [time for _, _, time, _ in read(data)] == [1, 0x1000001, 0x2000001]


def test_continuation_chunks_do_not_add_the_delta_again() -> None:
    data = message(4, VIDEO, b"a", time=100)
    data += chunk(1, 4, body(128), time=20, length=300, type_id=VIDEO) + chunk(3, 4, body(128)) + chunk(3, 4, body(44))
    assert [time for _, _, time, _ in read(data)] == [100, 120]


def test_time_wraps_at_32_bits() -> None:
    data = message(4, VIDEO, b"a", time=0xFFFFFFF0) + chunk(2, 4, b"b", time=0x20)
    assert [time for _, _, time, _ in read(data)] == [0xFFFFFFF0, 0x10]


def test_type_1_opens_a_chunk_stream_as_librtmp_does_with_its_pings() -> None:
    assert read(chunk(1, 2, word(1) + b"ab", length=6, type_id=4)) == [(4, 0, 0, word(1) + b"ab")]


@pytest.mark.parametrize("chunk_type", [2, 3])
def test_chunk_without_anything_to_refer_back_to_is_an_error(chunk_type: int) -> None:
    with pytest.raises(ProtocolError, match="chunk_without_header"):
        read_pieces([chunk(chunk_type, 4, b"abc")])


def test_new_header_inside_an_unfinished_message_is_an_error() -> None:
    with pytest.raises(ProtocolError, match="chunk_out_of_order"):
        read_pieces([chunk(0, 4, body(128), length=300, type_id=VIDEO) + message(4, VIDEO, b"x")])


@pytest.mark.parametrize("size", [0, 0x80000000, 0xFFFFFFFF])
def test_impossible_chunk_size_is_an_error(size: int) -> None:
    with pytest.raises(ProtocolError, match="bad_chunk_size"):
        read_pieces([message(2, SET_CHUNK_SIZE, word(size))])


def test_control_message_cut_short_is_an_error() -> None:
    with pytest.raises(ProtocolError, match="malformed_control"):
        read_pieces([message(2, SET_CHUNK_SIZE, b"\x00\x01")])


def test_message_past_the_limit_is_refused_at_its_header() -> None:
    header = chunk(0, 4, b"", length=5001, type_id=VIDEO)
    with pytest.raises(ProtocolError, match="message_too_large"):
        read_pieces([header], Limits(max_message_bytes_before_publish=5000))


@pytest.mark.parametrize("known", [True, False])
def test_unfinished_messages_are_bounded_together(known: bool) -> None:
    def read_all(bound: int) -> Message | None:
        reader = ChunkReader(Limits(**{"max_partial_bytes" if known else "max_message_bytes_before_publish": bound}))
        if known:
            reader.allow_media()
        reader.feed(data)
        return reader.next_message()

    data = b"".join(chunk(0, stream, body(128), length=4000, type_id=VIDEO) for stream in (4, 5, 6))
    assert read_all(12_000) is None
    with pytest.raises(ProtocolError, match="too_much_under_way"):
        read_all(11_999)


def test_finished_and_aborted_messages_do_not_count_as_unfinished() -> None:
    data = message(4, VIDEO, body(4000)) + chunk(0, 5, body(128), length=4000, type_id=VIDEO)
    data += message(2, ABORT, word(5))
    assert read_pieces([data * 5], Limits(max_message_bytes_before_publish=4004)) == [(VIDEO, 0, 0, body(4000))] * 5


def test_chunk_streams_are_bounded() -> None:
    data = b"".join(message(stream, AUDIO, b"x") for stream in range(3, 7))
    assert len(read_pieces([data], Limits(max_chunk_streams=4))) == 4
    with pytest.raises(ProtocolError, match="too_many_chunk_streams"):
        read_pieces([data + message(7, AUDIO, b"x")], Limits(max_chunk_streams=4))


def test_messages_before_a_fault_are_delivered() -> None:
    reader = ChunkReader(Limits())
    reader.feed(message(4, DATA_AMF0, b"good") + chunk(3, 9, b"bad"))
    assert [(got.type_id, got.payload) for got in [reader.next_message()] if got] == [(DATA_AMF0, b"good")]
    with pytest.raises(ProtocolError):
        reader.next_message()


def test_what_the_writer_cuts_the_reader_joins() -> None:
    writer = ChunkWriter()
    assert read(writer.write(3, COMMAND_AMF0, 1, body(500))) == [(COMMAND_AMF0, 1, 0, body(500))]


def test_the_callers_buffer_may_be_reused_after_reading() -> None:
    reader = ChunkReader(Limits())
    buffer = bytearray(message(4, VIDEO, body(300)))
    half = len(buffer) // 2
    reader.feed(memoryview(buffer)[:half])
    assert reader.next_message() is None
    rest = bytes(buffer[half:])
    buffer.clear()  # fails while somebody still looks at it
    reader.feed(rest)
    got = reader.next_message()
    assert got is not None
    assert got.payload == body(300)


def hold(reader: ChunkReader, data: bytes) -> int:
    """What the reader holds when it has read this, cut into pieces of 50 bytes."""
    for start in range(0, len(data), 50):
        reader.feed(data[start : start + 50])
        while reader.next_message() is not None:
            pass
    return reader.held


@pytest.mark.requirement("HI-1")
def test_bytes_of_unfinished_messages_are_counted_until_they_are_whole_or_aborted() -> None:
    reader = ChunkReader(Limits())
    assert hold(reader, chunk(0, 4, body(128), length=300, type_id=VIDEO)) == 128
    assert hold(reader, chunk(0, 5, body(128), length=200, type_id=AUDIO)) == 256
    assert hold(reader, chunk(3, 4, body(128))) == 384
    assert hold(reader, message(2, ABORT, word(5))) == 256
    assert hold(reader, message(6, AUDIO, body(1000))) == 256
    assert hold(reader, chunk(3, 4, body(44))) == 0


@pytest.mark.requirement("HI-1")
def test_a_whole_run_of_chunks_counts_what_is_kept_of_it() -> None:
    reader = ChunkReader(Limits())
    data = message(4, VIDEO, body(1000))
    reader.feed(data[:-100])
    assert reader.next_message() is None
    assert reader.held == 900


@pytest.mark.requirement("HI-1")
def test_a_reader_that_is_done_holds_nothing() -> None:
    reader = ChunkReader(Limits())
    assert hold(reader, chunk(0, 4, body(128), length=300, type_id=VIDEO)) == 128
    reader.discard()
    assert reader.held == 0
