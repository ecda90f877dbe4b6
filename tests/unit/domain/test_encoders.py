"""Whether two connections may be of one encoder."""

import pytest

from chalicelib.domain.encoders import Encoder

ONE = Encoder("key_1", "192.0.2.1", "FMLE/3.0")


@pytest.mark.requirement("EN-9")
@pytest.mark.parametrize(
    ("other", "may_be"),
    [
        (ONE, True),
        (Encoder("key_1", "192.0.2.1"), True),
        (Encoder("key_1", "192.0.2.1", ""), True),
        (Encoder("key_1", "192.0.2.1", "another"), False),
        (Encoder("key_1", "192.0.2.2", "FMLE/3.0"), False),
        (Encoder("key_1", None, "FMLE/3.0"), False),
        (Encoder("key_2", "192.0.2.1", "FMLE/3.0"), False),
    ],
)
def test_an_encoder_is_known_by_its_key_its_address_and_its_name(other: Encoder, may_be: bool) -> None:
    assert ONE.may_be(other) is may_be
    assert other.may_be(ONE) is may_be


def test_without_an_address_nobody_is_known() -> None:
    nowhere = Encoder("key_1", None)
    assert not nowhere.may_be(nowhere)
