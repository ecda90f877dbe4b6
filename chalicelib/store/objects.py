"""Objects in a folder or in an S3 bucket, behind one interface. Whatever goes wrong is `StorageFailed`.

A write is verified: its answer means that the bytes are there as they were sent, under their name and no other.
"""

import contextlib
import errno
import hashlib
import itertools
import os
import shutil
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.domain.recordings import RecordingReason, StorageFailed
from chalicelib.store.uncached import Buffer, write_file

Data = Buffer | Sequence[Buffer]  # in one piece, or in several that follow each other

S3_SCHEME = "s3://"
DELETED_AT_ONCE = 1_000  # objects a request, S3's limit

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR})
# Without the right to list a whole bucket, S3 says of what is not there that access is denied.
_MISSING = frozenset({"NoSuchKey", "404", "NotFound", "403", "AccessDenied", "Forbidden"})


class ObjectStore(Protocol):
    """`folder` and `name` are of one level each, without slashes."""

    def put(self, folder: str, name: str, data: Data, content_type: str) -> None:
        """Replaces what is there as a whole."""

    def sizes(self, folder: str) -> dict[str, int]:
        """Bytes of each object, by name; empty if there is no such folder."""

    def size(self, folder: str, name: str) -> int | None:
        """Bytes; None if it is not there."""

    def get(self, folder: str, name: str, start: int, stop: int) -> bytes | None:
        """The bytes from `start` up to `stop`; None if it is not there."""

    def delete_object(self, folder: str, name: str) -> None:
        """One that may not be there."""

    def delete(self, folder: str, first: str) -> None:
        """All of the folder; `first` before anything else."""


def open_store(place: str) -> ObjectStore:
    """`place` is a folder's path or `s3://bucket/prefix`."""
    if place.startswith(S3_SCHEME):
        bucket, _, prefix = place.removeprefix(S3_SCHEME).partition("/")
        return Bucket(bucket, prefix.strip("/"))
    return Folder(Path(place))


class Folder:
    """Below a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._numbers = itertools.count()

    def put(self, folder: str, name: str, data: Data, content_type: str) -> None:
        del content_type  # whoever serves the folder knows it by the name
        buffers = [data] if isinstance(data, (bytes, memoryview)) else data
        place = self._root / folder
        unfinished = f"{place}/.{name}.{os.getpid()}-{next(self._numbers)}"
        with _os_errors():
            try:
                try:
                    stored = write_file(unfinished, buffers)
                except FileNotFoundError:
                    place.mkdir(parents=True, exist_ok=True)
                    stored = write_file(unfinished, buffers)
                if stored != sum(map(len, buffers)):
                    raise StorageFailed(RecordingReason.STORAGE_CORRUPT)
                os.replace(unfinished, f"{place}/{name}")
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(unfinished)
                raise

    def sizes(self, folder: str) -> dict[str, int]:
        with _os_errors():
            try:
                with os.scandir(self._root / folder) as found:
                    return {one.name: one.stat().st_size for one in found if not one.name.startswith(".")}
            except FileNotFoundError:
                return {}

    def size(self, folder: str, name: str) -> int | None:
        with _os_errors():
            try:
                return (self._root / folder / name).stat().st_size
            except FileNotFoundError:
                return None

    def get(self, folder: str, name: str, start: int, stop: int) -> bytes | None:
        with _os_errors():
            try:
                with (self._root / folder / name).open("rb") as file:
                    file.seek(start)
                    return file.read(stop - start)
            except FileNotFoundError:
                return None

    def delete_object(self, folder: str, name: str) -> None:
        with _os_errors():
            (self._root / folder / name).unlink(missing_ok=True)

    def delete(self, folder: str, first: str) -> None:
        self.delete_object(folder, first)
        with _os_errors(), contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self._root / folder)


class Bucket:
    """Below a prefix of an S3 bucket."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""

    def put(self, folder: str, name: str, data: Data, content_type: str) -> None:
        body = data if isinstance(data, bytes) else bytes(data) if isinstance(data, memoryview) else b"".join(data)
        checksum = b64encode(crc32(body).to_bytes(4)).decode()
        with _s3_errors():
            answer = self._client.put_object(
                Bucket=self._bucket,
                Key=self._key(folder, name),
                Body=body,
                ChecksumCRC32=checksum,  # S3 refuses what does not match, and answers what it has
                ContentType=content_type,
            )
        if "ChecksumCRC32" in answer:
            stored = answer["ChecksumCRC32"] == checksum
        else:  # S3's imitations know MD5 at least
            stored = answer["ETag"].strip('"') == hashlib.md5(body, usedforsecurity=False).hexdigest()
        if not stored:
            raise StorageFailed(RecordingReason.STORAGE_CORRUPT)

    def sizes(self, folder: str) -> dict[str, int]:
        prefix = self._key(folder, "")
        with _s3_errors():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            return {one["Key"].removeprefix(prefix): one["Size"] for page in pages for one in page.get("Contents", [])}

    def size(self, folder: str, name: str) -> int | None:
        with _s3_errors():
            try:
                return int(self._client.head_object(Bucket=self._bucket, Key=self._key(folder, name))["ContentLength"])
            except ClientError as error:
                if _code(error) in _MISSING:
                    return None
                raise

    def get(self, folder: str, name: str, start: int, stop: int) -> bytes | None:
        with _s3_errors():
            try:
                found = self._client.get_object(
                    Bucket=self._bucket, Key=self._key(folder, name), Range=f"bytes={start}-{stop - 1}"
                )
                return bytes(found["Body"].read())
            except ClientError as error:
                if _code(error) in _MISSING:
                    return None
                raise

    def delete_object(self, folder: str, name: str) -> None:
        with _s3_errors():
            self._client.delete_object(Bucket=self._bucket, Key=self._key(folder, name))

    def delete(self, folder: str, first: str) -> None:
        self.delete_object(folder, first)
        with _s3_errors():
            names = sorted(self.sizes(folder))
            for start in range(0, len(names), DELETED_AT_ONCE):
                keys = [{"Key": self._key(folder, name)} for name in names[start : start + DELETED_AT_ONCE]]
                answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True})
                if answer.get("Errors"):
                    raise StorageFailed(RecordingReason.STORAGE_REFUSED)

    def _key(self, folder: str, name: str) -> str:
        return f"{self._prefix}{folder}/{name}"

    @property
    def _client(self) -> Any:
        return aws.client("s3")


@contextlib.contextmanager
def _os_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFailed(RecordingReason.STORAGE_FULL) from error
        refused = error.errno in _REFUSED
        raise StorageFailed(
            RecordingReason.STORAGE_REFUSED if refused else RecordingReason.STORAGE_UNREACHABLE
        ) from error


@contextlib.contextmanager
def _s3_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        away = status >= 500 or status == 429 or _code(error) in ("SlowDown", "RequestTimeout")
        raise StorageFailed(RecordingReason.STORAGE_UNREACHABLE if away else RecordingReason.STORAGE_REFUSED) from error
    except (BotoCoreError, OSError) as error:
        raise StorageFailed(RecordingReason.STORAGE_UNREACHABLE) from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
