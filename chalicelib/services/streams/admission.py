"""Admission: may this publisher go live? Authenticate the key, claim the channel.

    key form -> key row (cached) -> channel row -> one transaction: key still good + channel free + stream row

The cache of known-good keys answers the first read only. The transaction checks the key row's own condition, so a
revoked key stops working at once on every node, and two claims for one channel never both succeed.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from ulid import ULID

from chalicelib import counters
from chalicelib.domain import keys as rules
from chalicelib.domain import starts
from chalicelib.domain.channels import Channel
from chalicelib.domain.closures import Closure, closure_at
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import Grant, Holder
from chalicelib.domain.measures import NOT_COUNTED, Counted
from chalicelib.domain.metrics import LEASE_CONFLICTS
from chalicelib.domain.publications import OWN_KIND, Publication
from chalicelib.domain.refusals import (
    BroadcasterBlocked,
    ChannelClosed,
    KeyInUse,
    KeyMissing,
    KeyUnknown,
    PublishRefused,
    StoreUnavailable,
)
from chalicelib.domain.streams import END_REASON_TEXT, FIRST_MEDIA, GRACE, EndReason, Stream, StreamState
from chalicelib.services.streams import holders, key_terms, lifecycle, takeovers
from chalicelib.services.streams.holders import HeldBySameEncoder, HolderInDoubt
from chalicelib.services.streams.key_cache import KeyCache
from chalicelib.store import channels, keys, leases, pulses, streams
from chalicelib.store.leases import Claim, Claimed
from chalicelib.store.takeovers import Takeover

CLAIM_ATTEMPTS = 8  # each lost one means that another publisher moved in between


_cache = KeyCache()


def authenticate(stream_key: str, now: int, cache: KeyCache = _cache) -> StreamKey:
    """The key's record. Raises KeyMissing, KeyUnknown (malformed ones too), KeyRevoked, KeyExpired, KeyNotYetValid."""
    if not stream_key.strip():
        raise KeyMissing()
    if not rules.is_well_formed(stream_key):
        raise KeyUnknown()
    key_hash = rules.hash_key(stream_key)
    key = cache.find(key_hash, now)
    if key is None or rules.refusal(key, now) is not None:  # its terms may have been changed
        key = keys.find(key_hash)
    refusal = rules.refusal(key, now)
    if key is None or refusal is not None:
        cache.drop(key_hash)
        raise refusal or KeyUnknown()
    cache.put(key, now)
    return key


def claim(
    key: StreamKey,
    holder: Holder,
    client_ip: str | None,
    now: int,
    *,
    flash_version: str | None = None,
    publication: Publication | None = None,
    only: str | None = None,
    test: bool = False,
    may_declare_dead: bool = True,
    first_media: int = FIRST_MEDIA,
    cache: KeyCache = _cache,
) -> Grant:
    """Takes the channel's lease for `holder`, for a new stream or for the one that waits for its encoder.

    `flash_version` is what the encoder calls itself. `publication` is the media server's publisher that `holder` stands
    for: its session begins in the same transaction.
    `only` names a stream to continue, that one or none. `test`: for a test stream, which gives way to a broadcast; with
    a key for tests only, any other claim is for one.
    `may_declare_dead`: whether a session that has run out proves its node dead; else HolderInDoubt is raised.
    `first_media`: ms in which a stream that is continued must have media.
    It takes over from a publisher that is there if the channel's policy and the keys' roles say so (`takeovers`).
    Raises KeyNotAllowedHere by the key's allow list, KeyInUse if another publisher holds the channel (HeldBySameEncoder
    if it may be the same one), the key's refusal if it was revoked meanwhile or is used up, BroadcasterBlocked,
    ChannelClosed, StartsLimited, StoreUnavailable.
    Asking again with the same holder gives the same grant: an answer that was lost on the way costs nothing.
    """
    with _concerning(key):
        key = key_terms.check_place(key, client_ip)
        took_over = False
        for _ in range(CLAIM_ATTEMPTS):
            channel = channels.get(key.channel_id)
            if channel.lease.holder == holder and channel.stream_id is not None:
                held = streams.get(channel.stream_id)
                resumed = held if held.started_at is not None else None
                return _grant(key, channel, holder, held.stream_id, channel.lease.fence, resumed, test=held.test)
            key = key_terms.with_kind(key, channel, client_ip)
            is_test = test or (key.test_only and only is None)
            attempt = Claim(key, channel, holder, now, publication, client_ip, flash_version, test=is_test)
            takeover = until = waiting = None
            try:
                until = holders.resumable_until(attempt, may_declare_dead)
                waiting = holders.unended_stream(channel) if until is not None else None
            except KeyInUse as held:
                if channel.test and not is_test:
                    takeovers.end_test(channel, now)
                    continue
                takeover = _takeover(attempt, only, held)
                waiting = takeover.stream
            is_other = waiting is not None and waiting.test is not is_test
            if is_other and is_test and until is not None and now < until:
                raise holders.in_use(key)  # a broadcast waits for its encoder
            # A stream that never was LIVE has nothing to be continued.
            if until is not None and (waiting is None or is_other or now >= until or waiting.started_at is None):
                reason = EndReason.TEST_REPLACED if is_other and not is_test else None
                if (ended := lifecycle.reap(channel, waiting, now, reason)) is not None:
                    lifecycle.announce([ended])
                continue
            if channel.blocked is not None:
                raise BroadcasterBlocked()
            if (closure := closure_at(channel.closed, now)) is not None:
                _attempted(channel, closure, now)
                why = END_REASON_TEXT[closure.reason].removesuffix(".")
                raise ChannelClosed(why)
            if only is not None and (waiting is None or waiting.stream_id != only):
                raise holders.in_use(key)
            attempt = key_terms.with_use(attempt, waiting)
            was_test_only, key = key.test_only, attempt.key
            if key.test_only is not was_test_only:  # edited meanwhile
                continue
            if takeover is not None:
                stream_id = takeover.stream.stream_id
                outcome = takeovers.take_over(attempt, takeover, now + first_media)
                took_over = took_over or outcome is Claimed.YES
                if outcome is Claimed.YES and takeover.stream.started_at is None:
                    continue  # it ended, and the channel is free
            elif waiting is None:
                stream_id = _new_stream_id(key, test=is_test)
                attempt = replace(attempt, starts_paid_until=_paid_until(channel, key, now))
                outcome = leases.claim(attempt, _new_stream(attempt, stream_id))
            else:
                stream_id = waiting.stream_id
                outcome = leases.resume(attempt, stream_id, now + first_media)
            if outcome is Claimed.YES:
                grant = _grant(key, channel, holder, stream_id, attempt.fence, waiting, test=is_test)
                return replace(grant, taken_over=took_over)
            if outcome is Claimed.KEY_REFUSED:
                cache.drop(key.key_hash)
                continued = waiting.stream_id if waiting is not None else None
                stored = keys.find(key.key_hash)
                if stored is None or stored.edits == key.edits or rules.refusal(stored, now) is not None:
                    raise rules.refusal_of_claim(stored, continued, now)
                key = key_terms.check_place(stored, client_ip)
                continue
            counters.count(LEASE_CONFLICTS)
        raise holders.in_use(key)


def _takeover(attempt: Claim, only: str | None, held: KeyInUse) -> Takeover:
    """From a holder that lives. Raises KeyInUse, or `held` where that says more."""
    try:
        # Who took the channel in the silence keeps it, and a test takes nothing.
        if only is not None or attempt.test or isinstance(held, (HolderInDoubt, HeldBySameEncoder)):
            raise held
        return takeovers.judged(attempt)
    except KeyInUse:
        if attempt.publication is None:
            holders.question(attempt.channel.lease.holder, attempt.now)
        raise


@contextmanager
def _concerning(key: StreamKey) -> Iterator[None]:
    """Its owner sees any refusal."""
    try:
        yield
    except PublishRefused as refusal:
        refusal.concerns(key.channel_id, key.key_id, key.label)
        raise


def stored_key(key: StreamKey) -> StreamKey | None:
    """The key as it is now."""
    return keys.find(key.key_hash)


def _attempted(channel: Channel, closure: Closure, now: int) -> None:
    """An encoder still tries: the channel stays closed for longer, unless it was opened meanwhile."""
    if (renewed := closure.after_attempt(now)) is not closure:
        with suppress(StoreUnavailable):
            channels.set_closed(channel.channel_id, renewed, instead_of=closure)


def still_held(grant: Grant, state: StreamState) -> bool:
    """Whether nobody took the channel or ended the stream; while RECONNECTING it is rightly without a holder."""
    channel = channels.get(grant.channel_id)
    expected = None if state is StreamState.RECONNECTING else grant.holder
    return (
        channel.lease.fence == grant.fence
        and channel.lease.holder in (expected, grant.holder)
        and streams.get(grant.stream_id).state is not StreamState.ENDED
    )


def _paid_until(channel: Channel, key: StreamKey, now: int) -> int:
    """Raises StartsLimited."""
    return starts.next_paid_until(channel.starts_paid_until, now, channel_id=key.channel_id, key_id=key.key_id)


def _new_stream_id(key: StreamKey, *, test: bool) -> str:
    """A generated key's first stream has the id that was given out with the key; a test is not that stream."""
    given = key.first_stream_id if not test else None
    return given if given is not None and streams.find(given) is None else str(ULID())


def _new_stream(claim: Claim, stream_id: str) -> Stream:
    return Stream(
        stream_id=stream_id,
        channel_id=claim.channel.channel_id,
        key_id=claim.key.key_id,
        key_hash=claim.key.key_hash,
        metadata=claim.channel.metadata,
        node_id=claim.holder.node_id,
        incarnation=claim.holder.incarnation,
        fence=claim.fence,
        state=StreamState.CONNECTING,
        connected_at=claim.now,
        source=claim.publication.dialect.value if claim.publication else OWN_KIND,
        client_ip=claim.client_ip,
        flash_version=claim.flash_version or None,
        test=claim.test,
    )


def _grant(
    key: StreamKey,
    channel: Channel,
    holder: Holder,
    stream_id: str,
    fence: int,
    resumed: Stream | None = None,
    *,
    test: bool,
) -> Grant:
    return Grant(
        channel_id=channel.channel_id,
        stream_id=stream_id,
        key_id=key.key_id,
        fence=fence,
        holder=holder,
        resumed=resumed is not None,
        grace=GRACE,
        started_at=resumed.started_at if resumed is not None else None,
        key=key,
        # What has begun goes on, though the owner may have switched it off for the next stream.
        recording=not test and (channel.recording or (resumed is not None and resumed.recording is not None)),
        test=test,
        counted=_counted(stream_id) if resumed is not None else NOT_COUNTED,
    )


def _counted(stream_id: str) -> Counted:
    """Figures are not worth a claim that went through."""
    try:
        return pulses.counted(stream_id)
    except StoreUnavailable:
        return NOT_COUNTED
