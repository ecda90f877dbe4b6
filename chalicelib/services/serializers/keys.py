"""Stream keys and credentials."""

from chalicelib.contract import Credentials, IssuedKey, Key, RevealedCredentials
from chalicelib.domain import keys as rules
from chalicelib.domain.keys import KeyReading, StreamKey
from chalicelib.domain.times import iso, iso_or_none
from chalicelib.services.keys.keyring import KeyView, RevealedKey


def key(seen: KeyView) -> Key:
    one = seen.key
    return Key(
        key_id=one.key_id,
        broadcaster_id=one.channel_id,
        label=one.label,
        hint=one.hint,
        status=seen.reading,
        created_at=iso(one.created_at),
        not_before=iso_or_none(one.not_before),
        expires_at=iso_or_none(one.expires_at),
        one_time=one.max_uses == 1,
        allow_list=one.allow_list,
        test_only=one.test_only,
        role=one.role,
        max_uses=one.max_uses,
        uses=one.uses,
        uses_left=one.uses_left,
        replaced_by=one.replaced_by,
        broadcast_id=one.broadcast_id,
        last_client_ip=one.last_client_ip,
        last_encoder=seen.encoder,
        last_used_at=iso_or_none(one.last_used_at),
        stream_id=seen.stream_id,
    )


def issued(made: RevealedKey) -> IssuedKey:
    shape = key(KeyView(made.key, KeyReading.ACTIVE, None))
    return IssuedKey(**shape.model_dump(), stream_key=made.stream_key)


def revoked(one: StreamKey) -> Key:
    return key(KeyView(one, KeyReading.REVOKED, None))


def credentials(ingest_url: str, key: StreamKey) -> Credentials:
    return Credentials(
        ingest_url=ingest_url,
        key_id=key.key_id,
        stream_key_masked=rules.masked(key.hint),
        expires_at=iso_or_none(key.expires_at),
    )


def revealed(ingest_url: str, key: StreamKey, stream_key: str) -> RevealedCredentials:
    return RevealedCredentials(**credentials(ingest_url, key).model_dump(), stream_key=stream_key)
