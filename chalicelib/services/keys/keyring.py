"""Stream keys: issued once, listed by status, revoked for good.

At rest a key is its SHA-256 and a ciphertext under the KMS key. The encryption context binds the ciphertext to its
channel and key id: moved to another row it cannot be opened.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ulid import ULID

from chalicelib.domain import cursors
from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import InvalidInput, TooManyKeys
from chalicelib.domain.keys import KeyReading, KeyStatus, KeyTerms, StreamKey
from chalicelib.domain.not_found import KeyNotFound
from chalicelib.domain.pages import Page
from chalicelib.domain.streams import EndReason, Stream, StreamState, state_as_read
from chalicelib.observability import logger
from chalicelib.services import sealing
from chalicelib.services.reading import running
from chalicelib.services.streams import orders
from chalicelib.store import keys, streams
from chalicelib.store.keys import Section


@dataclass(frozen=True, slots=True)
class RevealedKey:
    """A key's record, and the key itself, which exists in the clear only here and in the answer."""

    key: StreamKey
    stream_key: str

    def __repr__(self) -> str:
        return f"RevealedKey({self.key.key_id})"


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key at one instant; `stream_id` is that of the stream that runs on it, `encoder` what used it last."""

    key: StreamKey
    reading: KeyReading
    stream_id: str | None
    encoder: str | None = None


def issue(channel_id: str, now: int, terms: KeyTerms) -> RevealedKey:
    """A new key, not stored yet. Raises StoreUnavailable where it cannot be encrypted."""
    stream_key = rules.new_stream_key(secrets.choice)
    key = StreamKey(
        key_hash=rules.hash_key(stream_key),
        key_id=f"{rules.KEY_ID_PREFIX}{ULID()}",
        channel_id=channel_id,
        hint=rules.hint_of(stream_key),
        status=KeyStatus.ACTIVE,
        created_at=now,
        label=terms.label,
        not_before=terms.not_before,
        expires_at=terms.expires_at,
        role=terms.role,
        max_uses=terms.max_uses,
        allow_list=terms.allow_list,
        test_only=terms.test_only,
        broadcast_id=terms.broadcast_id,
    )
    return RevealedKey(_with_ciphertext(key, stream_key), stream_key)


def create(channel: Channel, terms: KeyTerms, by: str, now: int) -> RevealedKey:
    """A further key of the channel; answers it once. Raises InvalidInput, TooManyKeys, StoreUnavailable."""
    check_times(terms.not_before, terms.expires_at, now)
    check_room(channel, now)
    issued = issue(channel.channel_id, now, terms)
    keys.add(issued.key)
    logger("control").info(
        "Stream key created",
        event="stream_key_created",
        key_id=issued.key.key_id,
        channel_id=channel.channel_id,
        user=by,
    )
    return issued


def check_room(channel: Channel, now: int) -> None:
    """Raises TooManyKeys if the channel has as many as it may have."""
    usable = [key for key in keys.of_channel(channel.channel_id) if is_usable(key, now)]
    if len(usable) >= rules.MAX_ACTIVE_KEYS:
        raise TooManyKeys()


def unseal(key: StreamKey) -> str:
    """The key in the clear. Raises KeyNotFound, StoreUnavailable."""
    if key.ciphertext is None:
        raise KeyNotFound("No copy of this key is stored that could be shown: reset it to get a new one")
    return sealing.unseal(key.ciphertext, _context(key), "The stream key")


def get(key_id: str, channel_id: str | None = None) -> StreamKey:
    """By its public id; of one channel if that is given. Raises KeyNotFound."""
    key = keys.find_by_id(key_id)
    if key is None or (channel_id is not None and key.channel_id != channel_id):
        raise KeyNotFound()
    return key


def revoke(key: StreamKey, by: str, now: int) -> StreamKey:
    """No claim with this key succeeds from now on, and the stream that runs on it is ended. Twice is as once."""
    keys.revoke(key)
    logger("control").info(
        "Stream key revoked", event="stream_key_revoked", key_id=key.key_id, channel_id=key.channel_id, user=by
    )
    orders.end_on_dead_key(key.channel_id, EndReason.KEY_REVOKED, now)
    return replace(key, status=KeyStatus.REVOKED)


def views(found: Sequence[StreamKey], now: int) -> list[KeyView]:
    """With what runs on them: two reads for up to a hundred keys."""
    last = streams.many(key.last_stream_id for key in found if key.last_stream_id)
    unended = [stream for stream in last.values() if stream.state is not StreamState.ENDED]
    running_now = {
        stream.stream_id: stream
        for stream, session in running.as_stored(unended, now)
        if state_as_read(stream, session, now) is not StreamState.ENDED
    }

    def seen(key: StreamKey) -> KeyView:
        stream = last.get(key.last_stream_id or "")
        if stream is None or stream.key_id != key.key_id:  # continued by another key
            return _view(key, None, now)
        view = _view(key, running_now.get(stream.stream_id), now)
        return replace(view, encoder=stream.facts.encoder or view.encoder)

    return [seen(key) for key in found]


def of_channel(channel_id: str, now: int) -> list[KeyView]:
    """All keys of a channel, newest first."""
    return views(keys.of_channel(channel_id)[::-1], now)


def generated_and_unused(channel_id: str, now: int) -> list[StreamKey]:
    """What a client asked for and may still go live with, newest first."""
    found = keys.of_channel(channel_id)[::-1]
    return [key for key in found if _is_startable(key, now)]


def startable(stream_id: str, now: int) -> StreamKey | None:
    """The generated key whose stream has not begun, by that stream's id; None if it may not begin any more."""
    key = keys.find_by_id(rules.KEY_ID_PREFIX + stream_id)
    return key if key is not None and _is_startable(key, now) else None


def _is_startable(key: StreamKey, now: int) -> bool:
    return key.first_stream_id is not None and not key.uses and rules.refusal(key, now) is None


def listed(reading: KeyReading | None, limit: int, cursor: str | None, now: int) -> Page[KeyView]:
    """Keys of all channels with one status, or with any; a page may hold fewer than `limit`. Raises InvalidInput."""
    if reading is KeyReading.IN_USE:
        return _in_use(limit, cursor, now)
    sections = [Section(reading.value)] if reading is not None else list(Section)
    at, position = _position(cursor, sections)
    found, further = keys.listed(at, now, limit, position)
    shown = [view for view in views(found, now) if reading in (None, view.reading)]
    if further is not None:
        return Page(shown, cursors.encode(at.value, *further))
    following = sections[sections.index(at) + 1 :]
    return Page(shown, cursors.encode(following[0].value, "", "") if following else None)


def _in_use(limit: int, cursor: str | None, now: int) -> Page[KeyView]:
    after = cursors.decode(cursor, 1)[0] if cursor else None
    found, last = running.streams(now, limit, after)
    known = keys.many(one.stream.key_hash for one in found if one.stream.key_hash)
    shown = [
        _view(known[one.stream.key_hash], one.stream, now)
        for one in found
        if one.stream.key_hash in known and known[one.stream.key_hash].status is KeyStatus.ACTIVE
    ]
    return Page(shown, cursors.encode(last) if last else None)


def _position(cursor: str | None, sections: list[Section]) -> tuple[Section, keys.Position | None]:
    if cursor is None:
        return sections[0], None
    name, listing, key_hash = cursors.decode(cursor, 3)
    if name not in sections:
        raise cursors.bad_cursor()
    return Section(name), (listing, key_hash) if listing and key_hash else None


def _view(key: StreamKey, stream: Stream | None, now: int) -> KeyView:
    reading = rules.reading(key, in_use=stream is not None, now=now)
    runs = stream.stream_id if stream is not None and reading is KeyReading.IN_USE else None
    return KeyView(key, reading, runs, key.last_flash_version)


def is_usable(key: StreamKey, now: int) -> bool:
    """Now or later: what counts towards the channel's limit."""
    return rules.reading(key, in_use=False, now=now) is KeyReading.ACTIVE


def check_times(not_before: int | None, expires_at: int | None, now: int) -> None:
    """Raises InvalidInput."""
    problems = []
    if expires_at is not None and expires_at <= now:
        problems.append({"field": "expires_at", "problem": "must be in the future"})
    elif expires_at is not None and (not_before or 0) >= expires_at:
        problems.append({"field": "not_before", "problem": "must be before expires_at"})
    if problems:
        raise InvalidInput("A field is not valid", problems)


def _with_ciphertext(key: StreamKey, stream_key: str) -> StreamKey:
    return replace(key, ciphertext=sealing.seal(stream_key, _context(key), "A new stream key"))


def _context(key: StreamKey) -> dict[str, str]:
    return {"channel_id": key.channel_id, "key_id": key.key_id}
