"""What to do about a finding, in the words of the encoder."""

import pytest

from chalicelib.domain.findings import FindingCode
from chalicelib.domain.health_advice import EncoderFamily, action, family, title


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("obs-output module (libobs version 30.2.3)", EncoderFamily.OBS),
        ("slobs-output module (libobs version 29.1.3)", EncoderFamily.STREAMLABS),
        ("Lavf61.7.100", EncoderFamily.FFMPEG),
        ("vMix", EncoderFamily.VMIX),
        ("Larix Broadcaster 1.3", EncoderFamily.LARIX),
        ("GStreamer FLV muxer", EncoderFamily.OTHER),
        (None, EncoderFamily.OTHER),
    ],
)
def test_encoder_is_known_by_the_name_it_gives_itself(name: str | None, known: EncoderFamily) -> None:
    assert family(name) is known


@pytest.mark.parametrize("code", FindingCode)
def test_every_finding_says_what_is_wrong_and_what_to_do(code: FindingCode) -> None:
    assert title(code)
    assert all(action(code, name).endswith(".") for name in (None, "libobs", "slobs", "vMix", "Larix", "Lavf61"))


def test_the_way_to_the_keyframe_interval_of_obs_leads_out_of_simple_mode() -> None:
    assert "Output Mode to Advanced" in action(FindingCode.GOP_SIZE_LONG, "libobs version 30")
