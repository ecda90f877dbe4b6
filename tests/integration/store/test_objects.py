"""One contract, two stores: a folder, and a bucket of the emulator over HTTP."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ulid import ULID

from chalicelib import aws
from chalicelib.domain.recordings import RecordingReason, StorageFailed
from chalicelib.store.objects import Bucket, Folder, ObjectStore, open_store
from tests.support.ports import free_ports
from tests.support.stack import Emulator, forget_connections

KIND = "video/mp4"


@pytest.fixture
def bucket(cloud: Emulator) -> str:
    name = f"recordings-{str(ULID()).lower()}"
    aws.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return Folder(tmp_path / "recordings")
    return Bucket(request.getfixturevalue("bucket"), "vod")


def test_what_was_put_is_there_as_a_whole_and_in_pieces(store: ObjectStore) -> None:
    store.put("stream", "one", memoryview(b"0123456789"), KIND)
    assert store.sizes("stream") == {"one": 10}
    assert store.size("stream", "one") == 10
    assert store.get("stream", "one", 3, 6) == b"345"


def test_pieces_are_stored_one_after_another(store: ObjectStore) -> None:
    """More than one system call takes, empty ones among them."""
    pieces = [b"%d," % n * (n % 3) for n in range(3_000)]
    store.put("stream", "one", [memoryview(each) if n % 2 else each for n, each in enumerate(pieces)], KIND)
    assert store.get("stream", "one", 0, 99_999) == b"".join(pieces)


def test_a_second_put_replaces_the_first(store: ObjectStore) -> None:
    store.put("stream", "one", b"long before", KIND)
    store.put("stream", "one", b"now", KIND)
    assert store.get("stream", "one", 0, 99) == b"now"


def test_what_is_not_there_is_none(store: ObjectStore) -> None:
    assert store.sizes("nothing") == {}
    assert store.size("nothing", "one") is None
    assert store.get("nothing", "one", 0, 1) is None
    store.delete("nothing", "one")


def test_more_objects_than_a_page_are_listed_and_deleted(store: ObjectStore) -> None:
    for n in range(1_050):
        store.put("stream", f"s{n}", b"x", KIND)
    store.put("stream-2", "other", b"x", KIND)
    assert len(store.sizes("stream")) == 1_050
    store.delete("stream", "s0")
    assert store.sizes("stream") == {}
    assert store.sizes("stream-2") == {"other": 1}


def test_an_object_says_its_type_and_how_long_it_is_kept(bucket: str) -> None:
    open_store(f"s3://{bucket}/vod/").put("stream", "one", b"data", KIND)
    found = aws.client("s3").head_object(Bucket=bucket, Key="vod/stream/one")
    assert found["ContentType"] == KIND


def test_a_bucket_that_is_not_there_refuses(cloud: Emulator) -> None:
    with pytest.raises(StorageFailed) as failed:
        Bucket("there-is-no-such-bucket", "vod").put("stream", "one", b"data", KIND)
    assert failed.value.reason is RecordingReason.STORAGE_REFUSED


def test_a_bucket_that_cannot_be_reached_is_said(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    (nobody,) = free_ports(1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{nobody}")
    forget_connections()
    with pytest.raises(StorageFailed) as failed:
        Bucket("bucket", "vod").sizes("stream")
    assert failed.value.reason is RecordingReason.STORAGE_UNREACHABLE


@pytest.mark.parametrize("answered", [{"ChecksumCRC32": "AAAAAA=="}, {"ETag": '"00000000000000000000000000000000"'}])
def test_an_answer_that_does_not_match_what_was_sent_is_no_success(
    bucket: str, monkeypatch: pytest.MonkeyPatch, answered: dict[str, str]
) -> None:
    store, client = Bucket(bucket, "vod"), aws.client("s3")
    put: Callable[..., dict[str, Any]] = client.put_object

    def changed(**asked: Any) -> dict[str, Any]:
        answer = put(**asked)
        answer.pop("ChecksumCRC32", None)
        return answer | answered

    monkeypatch.setattr(client, "put_object", changed)
    with pytest.raises(StorageFailed) as failed:
        store.put("stream", "one", b"data", KIND)
    assert failed.value.reason is RecordingReason.STORAGE_CORRUPT


def test_a_folder_that_may_not_be_written_refuses_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("a file")
    with pytest.raises(StorageFailed) as failed:
        Folder(tmp_path / "recordings").put("stream", "one", b"data", KIND)
    assert failed.value.reason is RecordingReason.STORAGE_REFUSED


@pytest.mark.parametrize("refused", [errno.EOPNOTSUPP, None])
def test_a_file_is_whole_where_a_call_takes_little_or_the_kernel_keeps_all_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: int | None
) -> None:
    pwritev = os.pwritev

    def little(file: int, buffers: list[memoryview], at: int, flags: int) -> int:
        if flags and refused is not None:
            raise OSError(refused, "no such flag")
        return pwritev(file, [buffers[0][:700]], at)

    monkeypatch.setattr(os, "pwritev", little)
    Folder(tmp_path).put("stream", "one", [bytes(range(256)) * 9, b"end"], KIND)
    assert (tmp_path / "stream" / "one").read_bytes() == bytes(range(256)) * 9 + b"end"


def test_a_disk_that_is_full_is_said_and_nothing_is_left(small_disk: Path) -> None:
    store = Folder(small_disk)
    store.put("stream", "one", bytes(300_000), KIND)
    with pytest.raises(StorageFailed) as failed:
        store.put("stream", "two", bytes(5_000_000), KIND)
    assert failed.value.reason is RecordingReason.STORAGE_FULL
    assert [path.name for path in (small_disk / "stream").iterdir()] == ["one"]
