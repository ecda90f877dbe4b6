"""Every error tells a machine what happened and a person what to do."""

from collections import Counter
from collections.abc import Iterator

import pytest

from chalicelib.domain import errors, not_found, refusals
from chalicelib.domain.errors import StreamSyncError, TooManyRequests
from chalicelib.domain.refusals import PublishRefused

# Codes that OBS takes as final, with its "could not access the channel or stream key" dialog.
FINAL_IN_OBS = {
    "NetStream.Publish.Denied",
    "NetStream.Publish.BadName",
    "NetStream.Publish.Rejected",
}


def tree(root: type[StreamSyncError]) -> Iterator[type[StreamSyncError]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


OURS = {errors.__name__, not_found.__name__, refusals.__name__}
ALL = list(tree(StreamSyncError))
REFUSALS = [error for error in ALL if issubclass(error, PublishRefused) and error is not PublishRefused]


def made(error: type[StreamSyncError]) -> StreamSyncError:
    return TooManyRequests(3) if issubclass(error, TooManyRequests) else error()


@pytest.mark.requirement("SO-16")
def test_every_code_is_one_errors_own() -> None:
    # The two that stand for "a defect of ours" say the same on purpose: the root, and the refusal without a reason.
    # What the store tells itself (`guard.Contended`) reaches users under its parent's code.
    named = [error.code for error in ALL if error.code != "internal_error" and error.__module__ in OURS]
    assert [code for code, count in Counter(named).items() if count > 1] == []


@pytest.mark.requirement("SO-16")
@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_every_error_has_code_status_title_and_action(error: type[StreamSyncError]) -> None:
    one = made(error)
    assert one.code.replace("_", "").isalpha()
    assert one.code == one.code.lower()
    assert 400 <= one.http_status < 600
    assert one.title
    assert not one.title.endswith(".")
    assert one.action.endswith(".")
    assert one.detail == one.title
    assert str(one) == one.detail


@pytest.mark.requirement("SS-2.2")
@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: error.__name__)
def test_every_refusal_is_final_for_encoders_and_reads_as_one_line(error: type[PublishRefused]) -> None:
    refusal = error(channel_id="ch_1", key_id="key_1")
    assert refusal.rtmp_code in FINAL_IN_OBS
    assert refusal.rtmp_description.isprintable()
    assert refusal.rtmp_description.startswith(f"{refusal.rtmp_prefix}: ")
    assert refusal.title in refusal.rtmp_description
    assert refusal.action in refusal.rtmp_description


@pytest.mark.requirement("SS-2.2")
@pytest.mark.parametrize(
    "error", [error for error in REFUSALS if error.http_status == 401], ids=lambda error: error.__name__
)
def test_a_key_that_is_not_good_is_called_unauthorized(error: type[PublishRefused]) -> None:
    assert error().rtmp_code == "NetStream.Publish.Denied"
    assert error().rtmp_description.startswith("Unauthorized: ")


@pytest.mark.requirement("SS-5.2")
@pytest.mark.parametrize(
    "error", [error for error in REFUSALS if error.http_status == 503], ids=lambda error: error.__name__
)
def test_what_is_our_own_trouble_is_called_service_unavailable(error: type[PublishRefused]) -> None:
    assert error().rtmp_description.startswith("Service Unavailable: ")
