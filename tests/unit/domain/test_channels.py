"""A channel's id is its owner's, and tells nobody who that is."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.channels import channel_id_of
from chalicelib.domain.playback import hls_url

OWNERS = st.text(min_size=1, max_size=256)


@given(OWNERS, OWNERS)
def test_one_owner_has_one_channel(one: str, other: str) -> None:
    assert (channel_id_of(one) == channel_id_of(other)) == (one == other)


def test_the_id_is_public_and_fits_into_a_url() -> None:
    channel_id = channel_id_of("somebody@example.com")
    assert channel_id.removeprefix("ch_").isalnum()
    assert "somebody" not in channel_id
    assert hls_url("https://media.example.com/hls", channel_id) == (
        f"https://media.example.com/hls/{channel_id}/index.m3u8"
    )
