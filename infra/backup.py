"""Copy the tables of a stage to files, and back into an empty stage.

    python -m infra.backup export prod backup/      what is stored, a compressed file a table
    python -m infra.backup import prod backup/      into empty tables; refuses others
    python -m infra.backup empty prod               deletes what `import` fills, after a question

Point-in-time recovery of DynamoDB is the first thing to use (docs/operations.md): this copy is for another account or
region, and for what `make destroy` deletes. It is no snapshot: rows that change while they are read are in the copy in
either state. Rows hold e-mail addresses, hashes of stream keys, and stream keys encrypted under the stage's KMS key.
Files are for their owner only.

Not in it: secrets (Secrets Manager), accounts (the user pool) and recordings (the media bucket).
"""

import argparse
import gzip
import hashlib
import itertools
import json
import os
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from infra.stages import STAGE_NAMES, STAGES
from infra.tables import TABLES

VERSION = 1
MANIFEST = "manifest.json"
# These say what runs at the moment; a restored one would name nodes and connections that are gone.
RUNNING = frozenset({"nodes", "watches", "connections", "pulses"})
COPIED = tuple(table.name for table in TABLES if table.name not in RUNNING)

BATCH = 25  # the most that BatchWriteItem takes
ATTEMPTS = 8  # of a batch that DynamoDB takes in part, with pauses of up to 6.4 s

Item = dict[str, Any]


class BackupError(Exception):
    """The copy or its target is not as it must be; the message says what to do."""


def export_tables(dynamodb: Any, prefix: str, folder: Path, now: datetime) -> dict[str, int]:
    """Writes a file a table, and the manifest last. Answers the number of rows of each table. Raises BackupError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty: name a new folder")
    tables = {}
    for name in COPIED:
        path = folder / f"{name}.jsonl.gz"
        rows = _write(path, _rows(dynamodb, prefix + name))
        tables[name] = {"rows": rows, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    manifest = {"version": VERSION, "prefix": prefix, "at": now.isoformat(), "tables": tables}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    return {name: int(str(table["rows"])) for name, table in tables.items()}


def import_tables(
    dynamodb: Any, prefix: str, folder: Path, sleep: Callable[[float], None] = time.sleep
) -> dict[str, int]:
    """Fills empty tables. Everything is checked before the first row is written. Raises BackupError."""
    counts = {}
    expected = _checked(folder)
    if full := [name for name in COPIED if dynamodb.scan(TableName=prefix + name, Limit=1)["Items"]]:
        raise BackupError(f"These tables have rows already: {', '.join(full)}. Import into a new stage")
    for name in COPIED:
        counts[name] = 0
        for batch in _batches(_read(folder / f"{name}.jsonl.gz")):
            _write_batch(dynamodb, prefix + name, [{"PutRequest": {"Item": item}} for item in batch], sleep)
            counts[name] += len(batch)
        if counts[name] != expected[name]:
            raise BackupError(f"{name}: {counts[name]} rows in the file, {expected[name]} in the manifest")
    return counts


def empty_tables(dynamodb: Any, prefix: str, sleep: Callable[[float], None] = time.sleep) -> dict[str, int]:
    """Deletes the rows of the tables that are copied. Answers how many of each."""
    counts = {}
    for table in (table for table in TABLES if table.name in COPIED):
        counts[table.name] = 0
        keys = {f"#{number}": name for number, name in enumerate(filter(None, (table.key, table.sort)))}
        found = dynamodb.get_paginator("scan").paginate(
            TableName=prefix + table.name,
            ConsistentRead=True,
            ProjectionExpression=", ".join(keys),
            ExpressionAttributeNames=keys,
        )
        for batch in _batches(key for page in found for key in page["Items"]):
            _write_batch(dynamodb, prefix + table.name, [{"DeleteRequest": {"Key": key}} for key in batch], sleep)
            counts[table.name] += len(batch)
    return counts


def _checked(folder: Path) -> dict[str, int]:
    """The rows of each table, by the manifest; the files are as they were written."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        raise BackupError(f"{folder} has no {MANIFEST}: the export did not end, or this is another folder") from None
    if manifest["version"] != VERSION:
        raise BackupError(f"{folder} has version {manifest['version']}, this code reads {VERSION}")
    for name in COPIED:
        path = folder / f"{name}.jsonl.gz"
        if name not in manifest["tables"] or not path.is_file():
            raise BackupError(f"{folder} lacks the table {name}")
        if hashlib.sha256(path.read_bytes()).hexdigest() != manifest["tables"][name]["sha256"]:
            raise BackupError(f"{path} is not as it was written")
    return {name: int(manifest["tables"][name]["rows"]) for name in COPIED}


def _rows(dynamodb: Any, table: str) -> Iterator[Item]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def _write(path: Path, rows: Iterable[Item]) -> int:
    count = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, gzip.open(file, "wt", encoding="utf-8") as text:
        for row in rows:
            text.write(json.dumps(row, default=_binary) + "\n")
            count += 1
    return count


def _read(path: Path) -> Iterator[Item]:
    with gzip.open(path, "rt", encoding="utf-8") as text:
        for line in text:
            yield json.loads(line, object_hook=_with_bytes)


def _binary(value: object) -> str:
    """DynamoDB's JSON has bytes as base64."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(f"DynamoDB has no {type(value).__name__}")


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    """An attribute value of type B or BS; an attribute that has such a name holds a further object."""
    match value:
        case {"B": str(text)} if len(value) == 1:
            return {"B": b64decode(text)}
        case {"BS": [*texts]} if len(value) == 1 and all(isinstance(text, str) for text in texts):
            return {"BS": [b64decode(text) for text in texts]}
    return value


def _batches(rows: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch


def _write_batch(dynamodb: Any, table: str, requests: list[Item], sleep: Callable[[float], None]) -> None:
    waiting = {table: requests}
    for attempt in range(ATTEMPTS):
        waiting = dynamodb.batch_write_item(RequestItems=waiting).get("UnprocessedItems") or {}
        if not waiting:
            return
        sleep(0.05 * 2**attempt)
    raise BackupError(
        f"{table}: DynamoDB takes no more requests at the moment: run `empty`, and then this command again"
    )


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.backup", description="Copy a stage's tables.")
    verbs = parser.add_subparsers(required=True, metavar="verb", dest="verb")
    for verb, text in (
        ("export", "write the tables to files"),
        ("import", "fill empty tables from files"),
        ("empty", "delete all rows"),
    ):
        command = verbs.add_parser(verb, help=text)
        command.add_argument("stage", choices=STAGE_NAMES)
        if verb != "empty":
            command.add_argument("folder", type=Path)
        if verb == "export":
            command.add_argument("--prefix", help="of other tables, as of those that were restored to a point in time")
    return parser.parse_args(arguments)


def run(given: argparse.Namespace, dynamodb: Any, ask: Callable[[str], str] = input) -> dict[str, int]:
    """Rows by table. Raises BackupError."""
    prefix = STAGES[given.stage].table_prefix
    match given.verb:
        case "export":
            return export_tables(dynamodb, given.prefix or prefix, given.folder, datetime.now(UTC))
        case "import":
            return import_tables(dynamodb, prefix, given.folder)
    question = f"Delete ALL ROWS of {prefix}*: channels, keys, streams. Type the name of the stage: "
    if ask(question).strip() != given.stage:
        raise BackupError("Nothing was deleted.")
    return empty_tables(dynamodb, prefix)


def main() -> int:
    given = parsed()
    try:
        counts = run(given, boto3.client("dynamodb"))
    except BackupError as error:
        print(error, file=sys.stderr)
        return 1
    for name, rows in counts.items():
        print(f"{name}: {rows} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
