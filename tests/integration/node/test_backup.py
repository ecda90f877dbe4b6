"""A stage is copied, lost, and made again from the copy: what broadcasters have still works."""

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.domain.streams import ChannelStatus
from chalicelib.store import channels
from infra.backup import COPIED, MANIFEST, BackupError, empty_tables, export_tables, import_tables, parsed, run
from tests.integration.node.conftest import Node, Publish
from tests.support.aws import client
from tests.support.publisher import STARTED, Publisher
from tests.support.stack import Emulator, in_environment, running_emulator
from tests.support.studio import Studio
from tests.support.waiting import until


@pytest.fixture
def copy(
    cloud: Emulator, node: Node, studio: Studio, on_air: Callable[[Node, Studio], Publisher], tmp_path: Path
) -> Path:
    """Of a stage in which the studio's channel is LIVE."""
    on_air(node, studio)
    folder = tmp_path / "copy"
    counts = export_tables(
        client(cloud.env, "dynamodb"), cloud.env["STREAM_SYNC_TABLE_PREFIX"], folder, datetime.now(UTC)
    )
    assert counts["channels"] >= 1
    assert counts["keys"] >= 1
    return folder


def test_an_old_key_broadcasts_in_a_stage_that_was_made_from_the_copy(
    studio: Studio, copy: Path, publish: Publish, tmp_path: Path
) -> None:
    with running_emulator(tmp_path / "new") as new, in_environment(new):
        tables, prefix = client(new.env, "dynamodb"), new.env["STREAM_SYNC_TABLE_PREFIX"]
        imported = import_tables(tables, prefix, copy)
        assert imported == {
            name: table["rows"] for name, table in json.loads((copy / MANIFEST).read_text())["tables"].items()
        }
        node = Node(new.env, tmp_path / "new.log").listening()
        try:
            assert studio.is_(ChannelStatus.OFFLINE), "the node that carried it is not in this stage"
            old_stream = studio.stream().stream_id
            publisher = publish(node, studio.stream_key)
            assert publisher.publish() == STARTED
            publisher.go_on_air()
            until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
            assert studio.stream().stream_id != old_stream
            found = channels.find(studio.channel_id)
            assert found is not None
            assert found.owner == f"owner of {studio.channel_id}"
            with pytest.raises(BackupError, match="channels"):
                import_tables(tables, prefix, copy)
        finally:
            node.end()
        emptied = empty_tables(tables, prefix)
        assert all(emptied[name] >= imported[name] > 0 for name in ("channels", "keys", "streams"))
        assert import_tables(tables, prefix, copy) == imported, "an emptied stage is filled again"


def test_a_copy_is_for_its_owner_only_and_is_checked_before_a_row_is_written(cloud: Emulator, copy: Path) -> None:
    files = [copy / f"{name}.jsonl.gz" for name in COPIED]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700
    files[0].write_bytes(files[0].read_bytes()[:-1])
    with pytest.raises(BackupError, match="not as it was written"):
        import_tables(client(cloud.env, "dynamodb"), "no-such-table-", copy)


def test_a_stage_is_emptied_only_when_its_name_is_typed() -> None:
    with pytest.raises(BackupError, match="Nothing was deleted"):
        run(parsed(["empty", "prod"]), None, ask=lambda question: "yes")
