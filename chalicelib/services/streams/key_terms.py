"""A key's terms where a cached key may be out of date: then the stored one counts."""

from dataclasses import replace

from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Channel
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.refusals import KeyNotAllowedHere
from chalicelib.domain.streams import Stream
from chalicelib.store import keys
from chalicelib.store.leases import Claim


def check_place(key: StreamKey, client_ip: str | None) -> StreamKey:
    """The key, whose networks may have been changed since it was read. Raises KeyNotAllowedHere."""
    try:
        rules.check_place(key, client_ip)
    except KeyNotAllowedHere:
        key = keys.find(key.key_hash) or key
        rules.check_place(key, client_ip)
    return key


def with_kind(key: StreamKey, channel: Channel, client_ip: str | None) -> StreamKey:
    """With what is stored of `test_only`, where that decides whether a claim ends a test, or is one."""
    if key.test_only or channel.test:
        key = check_place(keys.find(key.key_hash) or key, client_ip)
    return key


def with_use(claim: Claim, waiting: Stream | None) -> Claim:
    """With what is stored of the key's uses, where that decides whether this is a further one, and its last.

    A test is none.
    """
    key = claim.key
    if claim.test or (waiting is not None and waiting.key_id == key.key_id):
        return replace(claim, is_use=False)
    if waiting is not None or key.max_uses is not None:
        key = check_place(keys.find(key.key_hash) or key, claim.client_ip)
    return replace(claim, key=key, is_use=waiting is None or key.last_stream_id != waiting.stream_id)
