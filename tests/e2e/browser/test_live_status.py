"""The status on the open page follows the broadcast, without a reload."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.publisher import Publisher
from tests.e2e.browser.studio import Studio
from tests.support.encoders import FPS, HEIGHT, LEVEL, PROFILE, WIDTH, Clip, ffmpeg
from tests.support.nodes import Node
from tests.support.stack import Stack

SETTLED_MS = 60_000  # where the machine held up the encoder for a moment, a later window is whole


@pytest.mark.requirement("SS-3.2")
@pytest.mark.requirement("SS-6.5")
@pytest.mark.requirement("SS-6.8")
@pytest.mark.needs("ffmpeg")
def test_ffmpeg_goes_live_with_its_measures_and_off_air_again(
    stack: Stack, studio: Studio, broadcaster: Broadcaster, clip: Clip
) -> None:
    with ffmpeg(clip, stack.rtmp_url, broadcaster.stream_key()) as encoder:
        studio.shows("LIVE")
        expect(studio.part("resolution")).to_have_text(f"{WIDTH} \N{MULTIPLICATION SIGN} {HEIGHT}")
        expect(studio.part("fps")).to_have_text(str(FPS))
        expect(studio.part("video-codec")).to_have_text("H.264")
        expect(studio.part("video-codec-unit")).to_have_text(f"{PROFILE} {LEVEL}")
        expect(studio.part("audio-codec")).to_have_text("AAC")
        expect(studio.part("audio-codec-unit")).to_have_text("48 kHz stereo")
        expect(studio.part("encoder")).to_contain_text("FFmpeg")
        expect(studio.part("declared-resolution")).to_have_text(f"Declared {WIDTH} \N{MULTIPLICATION SIGN} {HEIGHT}")
        expect(studio.part("declared-fps")).to_have_text(f"Declared {FPS}")
        expect(studio.part("uptime")).to_be_visible()
        expect(studio.part("measures")).to_have_attribute("data-fresh", "true")
        # The window must be full before the figure can be right.
        studio.page.wait_for_function(
            """([low, high]) => {
              const text = document.querySelector('[data-testid="bitrate"]')?.textContent ?? "";
              const kbps = Number(text.replaceAll(",", ""));
              return kbps > low && kbps < high;
            }""",
            arg=[clip.kbps * 0.9, clip.kbps * 1.1],
            timeout=SETTLED_MS,
        )
        expect(studio.page).to_have_title(re.compile("LIVE"))
        encoder.interrupt()
        studio.shows("OFFLINE")
    expect(studio.part("end-reason")).to_have_text("The stream was stopped in the encoder.")
    expect(studio.part("first-steps")).to_be_visible()
    assert studio.statuses() == ["OFFLINE", "LIVE", "OFFLINE"]
    assert studio.traffic.page_loads == 1


@pytest.mark.requirement("SS-3.2")
@pytest.mark.requirement("FX-8")
def test_sound_that_does_not_come_is_said_after_a_moment(
    stack: Stack, studio: Studio, broadcaster: Broadcaster, pictures: Path
) -> None:
    with Publisher(stack.settings.rtmp_port, broadcaster.stream_key(), sound=False) as publisher:
        publisher.go()
        studio.shows("LIVE")
        expect(studio.part("audio-codec")).to_have_text("No audio received")
        # A busy machine may give cause for others.
        finding = studio.page.locator('[data-testid="finding"][data-code="noAudioStream"]')
        expect(finding).to_contain_text("Check that an audio source is active in your encoder")
        expect(studio.part("health")).to_have_attribute("data-overall", "fair")
        expect(studio.part("health-link")).to_have_text("Stream health: Fair")
        expect(studio.part("video-codec")).to_have_text("H.264")
        expect(studio.part("no-video")).to_have_count(0)
        studio.page.screenshot(path=pictures / "studio-no-sound.png")
        publisher.stop()


@pytest.mark.serial
@pytest.mark.requirement("SS-3.1")
@pytest.mark.requirement("SS-6.8")
def test_live_within_two_seconds_of_the_first_media(stack: Stack, studio: Studio, broadcaster: Broadcaster) -> None:
    with Publisher(stack.settings.rtmp_port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows_within("LIVE", 2.0, since=publisher.first_media_at)
        studio.shows_within("OFFLINE", 2.0, since=publisher.stop())
    assert studio.traffic.page_loads == 1


@pytest.mark.serial
@pytest.mark.requirement("SS-3.3")
@pytest.mark.requirement("SS-6.8")
def test_a_lost_connection_is_reconnecting_and_then_offline_within_ten_seconds(
    stack: Stack, studio: Studio, broadcaster: Broadcaster
) -> None:
    with Publisher(stack.settings.rtmp_port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows("LIVE")
        lost_at = publisher.drop()
        studio.shows_within("RECONNECTING", 2.0, since=lost_at)
        expect(studio.part("reconnect-countdown")).to_be_visible()
        studio.shows_within("OFFLINE", 10.0, since=lost_at)
    expect(studio.part("end-reason")).to_have_text("The connection was lost and the encoder did not reconnect in time.")
    assert studio.statuses() == ["OFFLINE", "LIVE", "RECONNECTING", "OFFLINE"]
    assert studio.traffic.page_loads == 1


def test_an_encoder_that_comes_back_goes_on_with_the_same_stream(
    patient_node: Node, studio: Studio, broadcaster: Broadcaster
) -> None:
    key, port = broadcaster.stream_key(), patient_node.port
    with Publisher(port, key) as first:
        first.go()
        studio.shows("LIVE")
        stream_id = broadcaster.channel()["live"]["stream_id"]
        first.drop()
        studio.shows("RECONNECTING")
    with Publisher(port, key) as second:
        second.go()
        studio.shows("LIVE")
        assert broadcaster.channel()["live"]["stream_id"] == stream_id
        second.stop()
        studio.shows("OFFLINE")
    assert studio.statuses() == ["OFFLINE", "LIVE", "RECONNECTING", "LIVE", "OFFLINE"]


def test_the_broadcast_can_be_ended_from_the_page(stack: Stack, studio: Studio, broadcaster: Broadcaster) -> None:
    with Publisher(stack.settings.rtmp_port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows("LIVE")
        studio.part("stop-stream").click()
        studio.part("confirm").click()
        studio.shows("OFFLINE")
    expect(studio.part("end-reason")).to_have_text("The stream was ended in the studio.")
    expect(studio.part("closed")).to_be_visible()
    expect(studio.part("unauthorized-hint")).to_have_count(0)


@pytest.mark.requirement("SS-3.3")
def test_after_an_end_encoders_are_refused_until_the_owner_allows_them_again(
    stack: Stack, studio: Studio, broadcaster: Broadcaster, pictures: Path
) -> None:
    key, port = broadcaster.stream_key(), stack.settings.rtmp_port
    with Publisher(port, key) as first:
        first.go()
        studio.shows("LIVE")
        studio.part("stop-stream").click()
        studio.part("confirm").click()
        expect(studio.part("closed")).to_contain_text("Encoders are refused for now.")
    for _ in range(2):
        with Publisher(port, key) as again:
            assert again.status == "NetStream.Publish.Denied"
    expect(studio.part("closed-attempts")).to_contain_text("An encoder keeps trying")
    expect(studio.part("refusal")).to_have_count(0)
    studio.page.reload()
    expect(studio.part("closed")).to_be_visible()
    studio.page.screenshot(path=pictures / "studio-closed.png")
    studio.part("allow-again").click()
    expect(studio.part("closed")).to_have_count(0)
    expect(studio.part("refusal")).to_have_count(0)
    with Publisher(port, key) as allowed:
        allowed.go()
        studio.shows("LIVE")


@pytest.mark.requirement("FX-9")
@pytest.mark.requirement("SS-2.3")
def test_a_refused_second_publisher_shows_at_once_with_its_reason(
    stack: Stack, studio: Studio, broadcaster: Broadcaster
) -> None:
    key, port = broadcaster.stream_key(), stack.settings.rtmp_port
    with Publisher(port, key) as first:
        first.go()
        studio.shows("LIVE")
        with Publisher(port, key) as second:
            assert second.status == "NetStream.Publish.BadName"
            refusal = studio.part("refusal")
            expect(refusal).to_have_attribute("data-code", "key_in_use")
        expect(studio.part("refusal-reason")).to_have_text("The channel is already live from another connection.")
        expect(studio.part("refusal-action")).to_contain_text("Stop the other stream")
        expect(refusal).to_contain_text("127.0.0.1")
        assert first.sending
        assert studio.statuses() == ["OFFLINE", "LIVE"]
        studio.part("refusal-dismiss").click()
        expect(refusal).to_have_count(0)
    studio.part("refusals").get_by_text("Refused connections").click()
    expect(studio.part("refusal-row")).to_contain_text("The channel is already live from another connection.")
    expect(studio.part("refusal-row")).to_contain_text("127.0.0.1")
