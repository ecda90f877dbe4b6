"""What a view raised, as the error that its caller is told."""

import pytest
from pydantic import BaseModel, ValidationError

from chalicelib.api import problems
from chalicelib.domain.errors import InternalError


@pytest.mark.requirement("SO-16")
def test_a_row_or_answer_of_ours_that_is_not_valid_is_our_fault_and_not_the_callers(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    class Stored(BaseModel):
        uses: int

    with pytest.raises(ValidationError) as raised:
        Stored.model_validate({"uses": "a secret"})
    assert isinstance(problems.of_exception(raised.value), InternalError)
    (record,) = caplog.records
    assert record.__dict__["problems"][0]["field"] == "uses"
    assert "a secret" not in f"{vars(record)}{capsys.readouterr()}"


class Request(BaseModel, extra="forbid"):
    title: str = ""


@pytest.mark.parametrize(
    ("sent", "named"),
    [("titel", "titel"), ("stream_key", "stream_key"), ("3k" * 20, "(unknown name)"), ("x" * 200, "(unknown name)")],
)
def test_unknown_field_is_named_unless_it_may_be_a_secret(sent: str, named: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Request.model_validate({sent: 1})
    assert problems.invalid(raised.value).problems == [{"field": named, "problem": "is not a field of this request"}]
