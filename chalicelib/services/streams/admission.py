"""Admission: may this publisher go live? Authenticate the key, claim the channel.

    key form -> key row (cached) -> channel row -> one transaction: key still good + channel free + stream row

The cache of known-good keys answers the first read only. The transaction checks the key row's own condition, so a
revoked key stops working at once on every node, and two claims for one channel never both succeed.
"""

from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from threading import Lock

from ulid import ULID

from chalicelib import counters
from chalicelib.domain import keys as rules
from chalicelib.domain import starts
from chalicelib.domain.channels import Channel
from chalicelib.domain.closures import Closure, closure_at
from chalicelib.domain.encoders import Encoder
from chalicelib.domain.events import HolderQuestioned
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import TAKEOVER_MARGIN, Grant, Holder, dead_node_grace, is_over
from chalicelib.domain.measures import NOT_COUNTED, Counted
from chalicelib.domain.metrics import LEASE_CONFLICTS
from chalicelib.domain.publications import OWN_KIND, Dialect, Publication, dialect_of
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
from chalicelib.services import bus
from chalicelib.services.streams import lifecycle, orders
from chalicelib.store import channels, keys, leases, nodes, pulses, streams
from chalicelib.store.leases import Claim, Claimed

CACHE_TTL = 30_000  # ms; staleness costs one more read, never a wrong answer
CACHE_SIZE = 10_000
CLAIM_ATTEMPTS = 8  # each lost one means that another publisher moved in between


class HolderInDoubt(KeyInUse):
    """The holder's session has run out, but the asker cannot tell yet whether its node is dead; see `streams.fleet`."""


class HeldBySameEncoder(KeyInUse):
    """The holder may be the asker's own dead connection to another node: it has its key, its address and its name.

    `last_media_at` is when that node last reported media of it (ms), None if it has not yet.
    """

    last_media_at: int | None = None


class KeyCache:
    """Known-good keys by hash; bounded, oldest out first, safe across threads."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, tuple[StreamKey, int]] = OrderedDict()
        self._lock = Lock()

    def find(self, key_hash: str, now: int) -> StreamKey | None:
        with self._lock:
            key, until = self._entries.get(key_hash, (None, 0))
            return key if now < until else None

    def put(self, key: StreamKey, now: int) -> None:
        with self._lock:
            self._entries[key.key_hash] = (key, now + CACHE_TTL)
            self._entries.move_to_end(key.key_hash)
            while len(self._entries) > CACHE_SIZE:
                self._entries.popitem(last=False)

    def drop(self, key_hash: str) -> None:
        with self._lock:
            self._entries.pop(key_hash, None)


_cache = KeyCache()


def authenticate(stream_key: str, now: int, cache: KeyCache = _cache) -> StreamKey:
    """The key's record. Raises KeyMissing, KeyUnknown (malformed ones too), KeyRevoked, KeyExpired, KeyNotYetValid."""
    if not stream_key.strip():
        raise KeyMissing()
    if not rules.is_well_formed(stream_key):
        raise KeyUnknown()
    key_hash = rules.hash_key(stream_key)
    key = cache.find(key_hash, now) or keys.find(key_hash)
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
    `only` names a stream to continue, that one or none. `test`: for a test stream, which gives way to a broadcast.
    `may_declare_dead`: whether a session that has run out proves its node dead; else HolderInDoubt is raised.
    `first_media`: ms in which a stream that is continued must have media.
    Raises KeyNotAllowedHere by the key's allow list, KeyInUse if another publisher holds the channel (HeldBySameEncoder
    if it may be the same one), the key's refusal if it was revoked meanwhile or is used up, BroadcasterBlocked,
    ChannelClosed, StartsLimited, StoreUnavailable.
    Asking again with the same holder gives the same grant: an answer that was lost on the way costs nothing.
    """
    rules.check_place(key, client_ip)
    for _ in range(CLAIM_ATTEMPTS):
        channel = channels.get(key.channel_id)
        if channel.lease.holder == holder and channel.stream_id is not None:
            held = streams.get(channel.stream_id)
            resumed = held if held.started_at is not None else None
            return _grant(key, channel, holder, held.stream_id, channel.lease.fence, resumed, test=held.test)
        attempt = Claim(key, channel, holder, now, publication, client_ip, flash_version, test=test)
        try:
            until = _resumable_until(attempt, may_declare_dead)
        except KeyInUse:
            if channel.test and not test:
                _end_test(channel, now)
                continue
            if publication is None:
                _question(channel.lease.holder, now)
            raise
        waiting = _unended_stream(channel) if until is not None else None
        is_other = waiting is not None and waiting.test is not test
        if is_other and test and until is not None and now < until:
            raise _in_use(key)  # a broadcast waits for its encoder
        # A stream that never was LIVE has nothing to be continued.
        if until is not None and (waiting is None or is_other or now >= until or waiting.started_at is None):
            reason = EndReason.GRACE_OVER if channel.lease.holder is None else EndReason.NODE_LOST
            if is_other and not test:
                reason = EndReason.TEST_REPLACED
            if (ended := lifecycle.reap(channel, waiting, reason, now)) is not None:
                lifecycle.announce([ended])
            continue
        if channel.blocked is not None:
            raise BroadcasterBlocked(channel_id=key.channel_id, key_id=key.key_id)
        if (closure := closure_at(channel.closed, now)) is not None:
            _attempted(channel, closure, now)
            why = END_REASON_TEXT[closure.reason].removesuffix(".")
            raise ChannelClosed(why, channel_id=key.channel_id, key_id=key.key_id)
        if only is not None and (waiting is None or waiting.stream_id != only):
            raise _in_use(key)
        if waiting is None:
            stream_id = _new_stream_id(key, test=test)
            attempt = replace(attempt, starts_paid_until=_paid_until(channel, key, now))
            outcome = leases.claim(attempt, _new_stream(attempt, stream_id))
        else:
            stream_id = waiting.stream_id
            outcome = leases.resume(attempt, stream_id, now + first_media)
        if outcome is Claimed.YES:
            return _grant(key, channel, holder, stream_id, attempt.fence, waiting, test=test)
        if outcome is Claimed.KEY_REFUSED:
            cache.drop(key.key_hash)
            continued = waiting.stream_id if waiting is not None else None
            raise rules.refusal_of_claim(keys.find(key.key_hash), continued, now)
        counters.count(LEASE_CONFLICTS)
    raise _in_use(key)


def _end_test(channel: Channel, now: int) -> None:
    """Whoever goes live need not know that a test holds the channel."""
    stream = _unended_stream(channel)
    if stream is not None and stream.test:
        orders.end_now(channel, stream, EndReason.TEST_REPLACED, now)


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


def _in_use(key: StreamKey) -> PublishRefused:
    return KeyInUse(channel_id=key.channel_id, key_id=key.key_id)


def _question(holder: Holder | None, now: int) -> None:
    """Called when one of our nodes refuses a publisher because another one holds the channel.

    If the holder is on MediaMTX, its server is asked in the background whether it is still there; if it is not, the
    next attempt succeeds. Admission for media servers asks directly, see `media_servers.claims`.
    """
    if holder is not None and dialect_of(holder.node_id) is Dialect.MEDIAMTX:
        bus.publish([HolderQuestioned(node_id=holder.node_id, at=now)])


def _resumable_until(claim: Claim, may_declare_dead: bool) -> int | None:
    """Until when (ms) the channel's stream may be continued; None if it has none to continue.

    Raises KeyInUse while somebody holds the channel whose node lives, HolderInDoubt while it may live.
    """
    key, channel, now = claim.key, claim.channel, claim.now
    holder = channel.lease.holder
    if holder is None:
        return channel.resumable_until
    session = nodes.find(holder.node_id)
    if not is_over(session, holder.incarnation, now):
        raise _own_connection(claim, holder) or _in_use(key)
    if not may_declare_dead and not is_over(session, holder.incarnation, 0):
        raise HolderInDoubt(channel_id=key.channel_id, key_id=key.key_id)
    return dead_node_grace(session, holder.incarnation, now) - TAKEOVER_MARGIN


def _own_connection(claim: Claim, holder: Holder) -> HeldBySameEncoder | None:
    """If the holder may be the claiming encoder's own connection, to another of our nodes.

    Never what decides who has the channel: it only says that it is worth asking again.
    """
    stream = _unended_stream(claim.channel)
    if stream is None or claim.publication is not None or stream.source != OWN_KIND:
        return None
    claiming = Encoder(claim.key.key_id, claim.client_ip, claim.flash_version)
    holding = Encoder(stream.key_id, stream.client_ip, stream.flash_version)
    if holder.node_id == claim.holder.node_id or not claiming.may_be(holding):
        return None
    held = HeldBySameEncoder(channel_id=claim.key.channel_id, key_id=claim.key.key_id)
    pulse = pulses.find(stream.stream_id)
    held.last_media_at = pulse.last_media_at if pulse is not None else None
    return held


def _unended_stream(channel: Channel) -> Stream | None:
    stream = streams.find(channel.stream_id) if channel.stream_id is not None else None
    return None if stream is None or stream.state is StreamState.ENDED else stream


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
