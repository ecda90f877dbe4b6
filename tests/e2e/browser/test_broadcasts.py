"""A broadcast's charts live, after a reload and afterwards, and its page among the past broadcasts."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.accessibility import barriers
from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.studio import Studio
from tests.support.encoders import VIDEO_KBPS, Clip, ffmpeg
from tests.support.stack import Stack
from tests.support.waiting import until

ROWS_MS = 120_000  # two rows take 20 s


def rows_of(studio: Studio) -> int:
    """How many times of 10 s the bitrate's chart has."""
    return int(studio.part("plot-bitrate_kbps").get_attribute("data-rows") or 0)


def wait_for_rows(studio: Studio, least: int) -> None:
    studio.page.wait_for_function(
        "least => Number(document.querySelector('[data-testid=\"plot-bitrate_kbps\"]')?.dataset.rows) >= least",
        arg=least,
        timeout=ROWS_MS,
    )


def measures_nothing(page: Page) -> None:
    """From its next load on: it gets no metrics."""
    page.route_web_socket(
        "**/*",
        lambda socket: socket.connect_to_server().on_message(
            lambda message: None if '"type":"metrics"' in str(message) else socket.send(message)
        ),
    )


def is_complete(broadcaster: Broadcaster, stream_id: str) -> bool:
    """The page asks once."""
    entries = broadcaster.call(f"/api/streams/{stream_id}/timeline")["entries"]
    samples = broadcaster.call(f"/api/streams/{stream_id}/samples?resolution=10")["samples"]
    return "Stream End" in [entry["kind"] for entry in entries] and len(samples) >= 3


@pytest.mark.timeout(400)
@pytest.mark.needs("ffmpeg")
@pytest.mark.requirement("FX-8")
def test_a_broadcast_is_charted_from_its_start_and_looked_back_at(
    stack: Stack, studio: Studio, broadcaster: Broadcaster, clip: Clip, pictures: Path, tmp_path: Path
) -> None:
    page = studio.page
    with ffmpeg(clip, stack.rtmp_url, broadcaster.stream_key()) as encoder:  # to compare with
        studio.shows("LIVE")
        expect(studio.part("bitrate")).to_contain_text(re.compile(r"\d"))
        encoder.interrupt()
        studio.shows("OFFLINE")
    with ffmpeg(clip, stack.rtmp_url, broadcaster.stream_key()) as encoder:
        studio.shows("LIVE")
        wait_for_rows(studio, 3)
        measures_nothing(page)
        page.reload()
        wait_for_rows(studio, 3)
        encoder.interrupt()
        studio.shows("OFFLINE")

    studio.part("to-streams").click()
    expect(studio.part("stream-row")).to_have_count(2)
    row = studio.part("stream-row").first
    expect(row).to_contain_text("Stopped in the encoder")
    assert barriers(page, "broadcasts", pictures) == []
    stream, _ = broadcaster.call("/api/streams")["streams"]
    until(lambda: is_complete(broadcaster, stream["id"]), "its end and its samples are stored", 60)
    row.get_by_role("link").first.click()

    expect(studio.part("stream-summary")).to_contain_text("kbit/s")
    assert rows_of(studio) >= 3
    kinds = [entry.get_attribute("data-kind") for entry in studio.part("timeline-entry").all()]
    assert kinds[:2] == ["Session Created", "Stream Start"]
    assert "Stream End" in kinds
    chart = studio.part("plot-bitrate_kbps")
    chart.press("End")
    expect(studio.part("readout-bitrate_kbps")).to_contain_text("kbit/s")
    studio.part("figures").locator("summary").click()
    expect(studio.part("figures").locator("tbody tr")).not_to_have_count(0)
    studio.part("compare").check()
    compared = studio.part("comparison").get_by_role("row", name=re.compile("^Average bitrate"))
    expect(compared).to_contain_text(re.compile(r"kbit/s.*kbit/s"))
    assert barriers(page, "broadcast", pictures) == []

    with page.expect_download() as download:
        studio.part("export-csv").click()
    download.value.save_as(tmp_path / "broadcast.csv")
    with (tmp_path / "broadcast.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) >= 3
    assert float(lines[1]["bitrate_average_kbps"]) == pytest.approx(VIDEO_KBPS, rel=0.5)
