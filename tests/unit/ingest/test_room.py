"""How a node divides the connections that the system's limit of open files allows."""

import pytest

from ingest_container.base.settings import IngestSettings
from ingest_container.net import listeners
from ingest_container.node import parts


@pytest.mark.parametrize(
    ("packaging", "allowed", "publishers", "viewers"),
    [
        (True, 1_000_000, 16_384, 4_096),
        (True, 20_000, 11_808, 4_096),
        (True, 1_000, 500, 250),  # publishers have half of it
        (False, 1_000_000, 16_384, 0),
        (False, 1_000, 1_000, 0),
    ],
)
def test_viewers_do_not_take_the_files_of_publishers(
    monkeypatch: pytest.MonkeyPatch, packaging: bool, allowed: int, publishers: int, viewers: int
) -> None:
    """A viewer's connection may need another one, to the node that carries the stream."""
    monkeypatch.setattr(listeners, "make_room", lambda wanted: min(wanted, allowed))
    assert parts.room(IngestSettings(packaging=packaging)) == (publishers, viewers)
