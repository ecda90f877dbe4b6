"""docs/requirements.md names the proofs that there are, and nothing that there is not."""

from tests.support import proofs


def test_the_proofs_are_up_to_date() -> None:
    text = proofs.DOCUMENT.read_text()
    assert text == proofs.with_proofs(text), "run `python -m tests.support.proofs`"


def test_every_marker_is_a_row() -> None:
    assert set(proofs.markers()) <= set(proofs.rows(proofs.DOCUMENT.read_text()))


def test_a_row_without_a_test_says_what_proves_it_or_that_it_is_open() -> None:
    bare = [
        row for row, (_, proof, note) in proofs.rows(proofs.DOCUMENT.read_text()).items() if proof == "-" and not note
    ]
    assert bare == []
