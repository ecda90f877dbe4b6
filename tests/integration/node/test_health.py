"""What a node finds wrong with the streams of real ffmpeg, each sent in a way that has one fault."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from chalicelib.domain.findings import FindingCode
from chalicelib.store import pulses
from tests.integration.node.conftest import Node
from tests.support.faulty_streams import CLEAN, QUICK, Way, encode, send
from tests.support.studio import Studio
from tests.support.waiting import until

WAYS = (CLEAN, *QUICK)
# Seconds until a finding is raised: the longest is half a minute's window and the start of the stream.
RAISED_WITHIN = 120
STARTED = "Health Finding Start"
PACE = {FindingCode.VIDEO_INGESTION_STARVED, FindingCode.VIDEO_INGESTION_FASTER_THAN_REALTIME}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[Way, Path]:
    folder = tmp_path_factory.mktemp("clips")
    with ThreadPoolExecutor(2) as pool:
        made = pool.map(lambda numbered: encode(numbered[1], folder / f"{numbered[0]}.flv"), enumerate(WAYS))
        return dict(zip(WAYS, made, strict=True))


@pytest.fixture
def streams(node: Node, clips: dict[Way, Path]) -> Iterator[dict[Way, Studio]]:
    """All clips on their way to the node at once."""
    with ExitStack() as ending:
        channels = {}
        for way, clip in clips.items():
            channel = Studio()
            ending.enter_context(send(way, clip, node.ingest_url, channel.stream_key))
            channels[way] = channel
        yield channels


def found(channel: Studio) -> dict[str, str]:
    """Code and severity of every finding so far, by the stream's timeline."""
    entries = channel.timeline() if channel.channel.stream_id else []
    return {entry.facts["code"]: entry.facts["severity"] for entry in entries if entry.kind == STARTED}


def _without_pauses(way: Way, codes: dict[str, str]) -> dict[str, str]:
    """Without what a pause of this machine does to all encoders, if it is not what this one is to show."""
    return {code: severity for code, severity in codes.items() if code not in PACE or code == way.found}


@pytest.mark.serial  # a second by which a busy machine holds up an encoder is found, too
@pytest.mark.requirement("FX-8")
@pytest.mark.needs("ffmpeg")
def test_each_fault_is_found_and_a_clean_stream_has_none(streams: dict[Way, Studio]) -> None:
    expected = {way.name: {way.found: way.severity} if way.found else {} for way in streams}

    def all_found() -> bool:
        return all(found(channel).items() >= expected[way.name].items() for way, channel in streams.items())

    def seen() -> dict[str, dict[str, str]]:
        return {way.name: _without_pauses(way, found(channel)) for way, channel in streams.items()}

    with suppress(AssertionError):  # what is missing is said by the comparison
        until(all_found, "each fault is found", RAISED_WITHIN)
    assert seen() == expected
    poor = next(channel for way, channel in streams.items() if way.found is FindingCode.GOP_SIZE_LONG)
    pulse = until(lambda: pulses.find(poor.stream().stream_id), "a pulse")
    assert {finding.code for finding in pulse.findings} - PACE == {FindingCode.GOP_SIZE_LONG}
