"""Whole numbers in bodies, as JSON Schema has them."""

import json

import pytest
from pydantic import ValidationError

from chalicelib.contract.requests.channels import NewPlaybackToken


@pytest.mark.parametrize("number", ["60", "60.0", "6e1"])
def test_a_number_without_a_fraction_is_an_integer(number: str) -> None:
    assert NewPlaybackToken.model_validate(json.loads(f'{{"ttl_seconds": {number}}}')).ttl_seconds == 60


@pytest.mark.parametrize("other", ["60.5", '"60"', "true", "null", "1e400", "59"])
def test_anything_else_is_none(other: str) -> None:
    with pytest.raises(ValidationError):
        NewPlaybackToken.model_validate(json.loads(f'{{"ttl_seconds": {other}}}'))
