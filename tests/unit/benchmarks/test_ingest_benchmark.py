"""The benchmark's own arithmetic: what it sends, and that the README shows nothing but its results."""

from itertools import pairwise

from benchmarks.ingest import readme
from benchmarks.ingest.material import AUDIO, DATA, VIDEO, Material, Tag, prepare
from ingest_container.rtmp import AudioMessage, VideoMessage
from tests.support.rtmp_peer import AAC_48K_STEREO, AVC_RECORD, RtmpPeer
from tests.unit.rtmp.conversation import new_session


def tags() -> list[Tag]:
    """Eight seconds: 25 frames and 50 pieces of sound a second."""
    found = [Tag(DATA, 0, b"\x02\x00\x0aonMetaData\x05")]
    found += [Tag(VIDEO, 0, b"\x17\x00\x00\x00\x00" + AVC_RECORD), Tag(AUDIO, 0, b"\xaf\x00" + AAC_48K_STEREO)]
    for time in range(0, 8_000, 20):
        found.append(Tag(AUDIO, time, b"\xaf\x01" + bytes(100)))
        if time % 40 == 0:
            found.append(Tag(VIDEO, time, b"\x27\x01\x00\x00\x00" + bytes(6_000)))
    return found


def received(material: Material, chunk_size: int, rounds: int) -> list[VideoMessage | AudioMessage]:
    session, peer = new_session(), RtmpPeer(chunk_size=chunk_size)
    session.receive_data(peer.open(), 0.0)
    session.accept_publish(0.0)
    events = session.receive_data(material.opening + material.loop * rounds, 0.0)
    return [e for e in events if isinstance(e, VideoMessage | AudioMessage) and not e.is_sequence_header]


def test_rounds_follow_each_other_as_one_stream() -> None:
    for chunk_size in (128, 4096, 65536):
        media = received(prepare(tags(), chunk_size), chunk_size, rounds=3)
        for kind, step in ((VideoMessage, 40), (AudioMessage, 20)):
            times = [event.timestamp for event in media if isinstance(event, kind)]
            assert len(times) == 3 * 8_000 // step
            assert {after - before for before, after in pairwise(times)} == {step}


def test_every_message_has_its_time_and_its_end() -> None:
    material = prepare(tags(), 4096)
    assert len(material.due) == len(material.ends) == 8_000 // 20 + 8_000 // 40
    assert material.ends[-1] == len(material.loop)
    assert list(material.due) == sorted(material.due)


def test_bursts_send_the_same_bytes_less_often() -> None:
    material = prepare(tags(), 4096)
    bursts = material.in_bursts(100)
    assert bursts.loop == material.loop
    assert bursts.ends[-1] == material.ends[-1]
    assert len(bursts.due) == 80
    assert set(bursts.ends) <= set(material.ends)


def test_the_readme_shows_the_results_and_nothing_else() -> None:
    text = readme.README.read_text()
    document = readme.results()
    if document is None:
        assert readme.BEGIN not in text
        return
    assert readme.section(document) in text
