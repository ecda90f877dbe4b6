"""What is fuzzed: for each target any bytes at all may come, and only what is promised may happen.

A target raises nothing but AssertionError for a broken promise, or the defect's own exception.
"""

from collections.abc import Callable
from contextlib import suppress

from ingest_container.net.proxy_protocol import ProxyHeaderBroken
from ingest_container.net.proxy_protocol import parse as parse_proxy
from ingest_container.rtmp import CloseNow, Event, Limits, PublishRequested, Session, SessionState
from ingest_container.rtmp.amf0 import decode, encode
from ingest_container.rtmp.chunks import ChunkReader
from ingest_container.rtmp.codecs import avc, hevc
from ingest_container.rtmp.codecs.readers import PICTURE_HEADERS, PICTURE_KEY_FRAMES, SOUND_FRAMES, SOUND_HEADERS
from ingest_container.rtmp.errors import AmfError, CodecError, ProtocolError
from ingest_container.rtmp.messages import SET_CHUNK_SIZE
from ingest_container.rtmp.tags import (
    AUDIO_MULTITRACK,
    VIDEO_MULTITRACK,
    parse_audio,
    parse_video,
    split_tracks,
)

# Narrow, so that the fuzzer meets each bound with few bytes.
LIMITS = Limits(
    max_message_bytes=4_096,
    max_message_bytes_before_publish=2_048,
    max_partial_bytes=6_000,
    max_chunk_streams=8,
    max_amf_entries=64,
    max_amf_string_bytes=1_024,
    max_tracks=8,
)
_HELLO = b"\x03" + bytes(2 * 1536)  # C0, C1 and C2


def _read(pieces: list[bytes]) -> tuple[list[tuple[int, int, int, bytes]], str | None]:
    """All messages, and the code of the error that ended them."""
    reader = ChunkReader(LIMITS)
    messages = []
    try:
        for piece in pieces:
            reader.feed(piece)
            while (message := reader.next_message()) is not None:
                assert message.type_id != SET_CHUNK_SIZE, "obeyed, not passed on"
                assert len(message.payload) <= LIMITS.max_message_bytes_before_publish
                messages.append((message.type_id, message.stream_id, message.timestamp, message.payload))
    except ProtocolError as error:
        return messages, error.reason_code
    return messages, None


def chunks(data: bytes) -> None:
    """The same messages and the same error, however the bytes are cut; the first byte says how."""
    step = data[0] % 16 + 1 if data else 1
    data = data[1:]
    assert _read([data[start : start + step] for start in range(0, len(data), step)]) == _read([data])


def amf0(data: bytes) -> None:
    """What can be read can be written and read again."""
    with suppress(AmfError):
        values = decode(data, LIMITS)
        assert repr(decode(encode(*values), Limits())) == repr(values)


def parameter_sets(data: bytes) -> None:
    """Sizes that are given are sizes of pictures."""
    for read in (avc.parse_sequence_parameter_set, hevc.parse_sequence_parameter_set):
        with suppress(CodecError):
            picture = read(data)
            assert picture.width
            assert picture.height
            assert picture.fps is None or picture.fps > 0


def codecs(data: bytes) -> None:
    """Every reader of headers and frames, whatever it is given."""
    for tables in (PICTURE_HEADERS, PICTURE_KEY_FRAMES, SOUND_HEADERS, SOUND_FRAMES):
        for read in tables.values():
            with suppress(CodecError):
                read(data)


def tags(data: bytes) -> None:
    """Nothing points past the end, and a track that was taken apart is whole."""
    for multitrack, parse in ((VIDEO_MULTITRACK, parse_video), (AUDIO_MULTITRACK, parse_audio)):
        tracks = split_tracks(data, multitrack, LIMITS.max_tracks)
        assert len(tracks) <= LIMITS.max_tracks
        for payload in tracks:
            tag = parse(payload)
            assert tag is None or (0 < tag.data_offset <= len(payload) and 0 <= tag.nanoseconds < 1_000_000)
            assert split_tracks(payload, multitrack, 1) in ((payload,), ())


def session(data: bytes) -> None:
    """A whole connection behind the handshake: nothing raises, and the end is told once, last."""
    accepts = not data or data[0] & 1
    talk = Session(now=0.0, random_bytes=bytes(1528), limits=LIMITS)
    events: list[Event] = talk.receive_data(_HELLO, 0.0)
    for start in range(1, len(data), 700):
        events += talk.receive_data(data[start : start + 700], 0.0)
        if talk.state is SessionState.PUBLISH_PENDING:
            assert any(isinstance(event, PublishRequested) for event in events)
            talk.accept_publish(0.0) if accepts else talk.refuse_publish("NetStream.Publish.Denied", "no", 0.0)
        talk.data_to_send()
    events += talk.receive_eof(1.0)
    assert [isinstance(event, CloseNow) for event in events].index(True) == len(events) - 1


def proxy(data: bytes) -> None:
    """A header lies within the bytes it was read from."""
    with suppress(ProxyHeaderBroken):
        header = parse_proxy(data)
        assert header is None or 0 <= header.size <= len(data)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "chunks": chunks,
    "amf0": amf0,
    "parameter_sets": parameter_sets,
    "codecs": codecs,
    "tags": tags,
    "session": session,
    "proxy": proxy,
}
