"""Stream keys, by their hash, their id, their channel, their status."""

from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from typing import Any

from pynamodb.expressions.update import Action

from chalicelib.domain.keys import KeyStatus, StreamKey, listing
from chalicelib.store import models, rows
from chalicelib.store.guard import ConditionFailed, past_contention, store_errors, transaction

Position = tuple[str, str]  # in the index by status: listing, key hash


class Section(StrEnum):
    """The parts of the index by status: each a range of it, so that no row is read in vain."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


def find(key_hash: str) -> StreamKey | None:
    """The key, read consistently: a key that was revoked a moment ago must not be found active."""
    try:
        with store_errors():
            return rows.key(models.Key.get(key_hash, consistent_read=True))
    except models.Key.DoesNotExist:
        return None


def find_by_id(key_id: str) -> StreamKey | None:
    """By its public id (an index: a key made a moment ago may not be in it yet)."""
    with store_errors():
        row = next(iter(models.Key.by_id.query(key_id, limit=1)), None)
    return find(row.key_hash) if row is not None else None


def with_hint(hint: str, limit: int) -> list[StreamKey]:
    """Keys that end with `hint` (an index, as above), of every channel and in no order."""
    with store_errors():
        hashes = [row.key_hash for row in models.Key.by_hint.query(hint, limit=limit)]
    return sorted(many(hashes).values(), key=lambda key: key.key_id, reverse=True)


def many(key_hashes: Iterable[str]) -> dict[str, StreamKey]:
    """Those that there are, by hash; 100 a request, read consistently."""
    wanted = sorted(set(key_hashes))
    with store_errors():
        found = models.Key.batch_get(wanted, consistent_read=True) if wanted else []
        return {row.key_hash: rows.key(row) for row in found}


def add(key: StreamKey) -> None:
    with store_errors():
        rows.key_row(key).save(condition=models.Key.key_hash.does_not_exist())


def of_channel(channel_id: str) -> list[StreamKey]:
    """All keys of a channel, oldest first (key ids sort by time); eventually consistent."""
    with store_errors():
        return [rows.key(row) for row in models.Key.by_channel.query(channel_id)]


def listed(section: Section, now: int, limit: int, after: Position | None) -> tuple[list[StreamKey], Position | None]:
    """One page of all keys, those that are good for longest first, and where the next page begins.

    Time moves the border between active and expired keys, and DynamoDB refuses a start outside the range: an active
    key that expired since the page before was that range's last, and before the expired ones comes their beginning.
    """
    status = KeyStatus.REVOKED if section is Section.REVOKED else KeyStatus.ACTIVE
    border = listing(now, "~")  # behind every id
    if section is Section.ACTIVE and after is not None and after[0] <= border:
        return [], None
    if section is Section.EXPIRED and after is not None and after[0] > border:
        after = None
    ranges: dict[Section, Any] = {
        Section.ACTIVE: models.Key.listing > border,
        Section.EXPIRED: models.Key.listing <= border,
        Section.REVOKED: None,
    }
    last = {"status": status.value, "listing": after[0], "key_hash": after[1]} if after else None
    with store_errors():
        page = models.Key.by_status.query(
            status.value,
            range_key_condition=ranges[section],
            scan_index_forward=False,
            limit=limit,
            last_evaluated_key=rows.texts(last),
        )
        found = list(page)
    known = many(row.key_hash for row in found)
    position = (found[-1].listing or "", found[-1].key_hash) if page.last_evaluated_key and found else None
    return [known[row.key_hash] for row in found if row.key_hash in known], position


def erase(key: StreamKey, now: int) -> None:
    """Revokes it and forgets its text, label, networks and last use; the row stays as long as audit records name it."""
    row = models.Key
    with store_errors(), suppress(ConditionFailed):
        row(key.key_hash).update(
            [
                row.status.set(KeyStatus.REVOKED.value),
                row.label.set(""),
                row.allow_list.set([]),
                row.ciphertext.remove(),
                row.last_client_ip.remove(),
                row.last_flash_version.remove(),
                row.ttl.set(rows.key_ttl(now)),
            ],
            condition=row.key_hash.exists(),
        )


def edit(key: StreamKey) -> bool:
    """Stores the key's terms, changed; False if it was revoked, or changed by somebody else, since it was read."""
    row = models.Key

    def update() -> None:
        with store_errors():
            row(key.key_hash).update(
                [
                    row.label.set(key.label),
                    row.allow_list.set(key.allow_list),
                    _set_or_remove(row.test_only, key.test_only or None),
                    _set_or_remove(row.not_before, key.not_before),
                    *_expiring(key),
                ],
                condition=_unchanged(key),
            )

    try:
        past_contention(update)
    except ConditionFailed:
        return False
    return True


def replace(old: StreamKey, new: StreamKey) -> bool:
    """Adds `new` in place of `old`, which is revoked or expires as it says; False if it was revoked or changed."""

    def write() -> None:
        with transaction() as together:
            together.save(rows.key_row(new), condition=models.Key.key_hash.does_not_exist())
            together.update(models.Key(old.key_hash), retiring(old, new), condition=_unchanged(old))

    try:
        past_contention(write)
    except ConditionFailed:
        return False
    return True


def retiring(old: StreamKey, new: StreamKey) -> list[Action]:
    """Of a key that `new` replaces: it is revoked, or expires as it says."""
    return _expiring(old) if old.status is KeyStatus.ACTIVE else revoking(new)


def revoking(new: StreamKey) -> list[Action]:
    """Of a key that `new` replaces at once."""
    row = models.Key
    return [
        row.status.set(KeyStatus.REVOKED.value),
        row.ttl.set(rows.key_ttl(new.created_at)),
        row.replaced_by.set(new.key_id),
    ]


def _expiring(key: StreamKey) -> list[Action]:
    """Its expiry was changed. A key that has no uses left stays where it is listed."""
    row, until = models.Key, key.expires_at
    actions: list[Action] = [
        row.edits.add(1),
        _set_or_remove(row.expires_at, until),
        _set_or_remove(row.ttl, rows.key_ttl(until) if until is not None else None),
    ]
    if key.replaced_by is not None:
        actions.append(row.replaced_by.set(key.replaced_by))
    if key.uses_left != 0:
        actions.append(row.listing.set(listing(until, key.key_id)))
    return actions


def _unchanged(key: StreamKey) -> Any:
    row, edits = models.Key, key.edits
    as_read = row.edits == edits
    if edits == 0:
        as_read |= row.key_hash.exists() & row.edits.does_not_exist()
    return as_read & (row.status == KeyStatus.ACTIVE.value)


def _set_or_remove(attribute: Any, value: int | None) -> Action:
    action: Action = attribute.remove() if value is None else attribute.set(value)
    return action


def revoke(key: StreamKey) -> None:
    """From now on no claim with this key succeeds, wherever it is cached. Revoking twice is the same as once."""

    def update() -> None:
        with store_errors():
            models.Key(key.key_hash).update(
                [models.Key.status.set(KeyStatus.REVOKED.value)], condition=models.Key.key_hash.exists()
            )

    try:
        past_contention(update)
    except ConditionFailed:
        return
