"""One search for administrators: what the text can be decides what is read.

e-mail, user id, channel     one read by key or index; else words, in the newest thousand channels
stream id, key id, node id   one read by key or index
network address              two indexes: of streams, and of the last day's refusals
four characters              the index of what keys end with, beside the words
a whole stream key           only its end is used: a key is looked for nowhere
"""

from dataclasses import dataclass, field

from chalicelib.contract import RefusalPage, SearchResults
from chalicelib.domain import addresses
from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Channel
from chalicelib.domain.ids import is_ulid
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.nodes import NodeState
from chalicelib.domain.streams import Stream, state_as_read
from chalicelib.services import broadcasters
from chalicelib.services.keys import keyring
from chalicelib.services.reading import refusals, running
from chalicelib.services.serializers import broadcasters as broadcaster_serializer
from chalicelib.services.serializers import keys as key_serializer
from chalicelib.services.serializers import nodes as node_serializer
from chalicelib.services.serializers import streams as stream_serializer
from chalicelib.services.streams import fleet
from chalicelib.store import channels, keys, nodes, streams

MOST = 20  # of each kind


@dataclass(slots=True)
class _Found:
    people: list[Channel] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    keys: list[StreamKey] = field(default_factory=list)
    node: NodeState | None = None
    address: str | None = None
    complete: bool = True


def search(q: str, now: int) -> SearchResults:
    """Raises StoreUnavailable."""
    found = _found(q)
    told = _refusals(found.address, now)
    gone = found.node is not None and fleet.is_gone(found.node, now)
    return SearchResults(
        people=[broadcaster_serializer.broadcaster(one) for one in found.people],
        streams=[
            stream_serializer.found_stream(stream, state_as_read(stream, session, now))
            for stream, session in running.as_stored(found.streams, now)
        ],
        keys=[key_serializer.key(one) for one in keyring.views(found.keys, now)],
        nodes=[node_serializer.node(found.node, gone=gone)] if found.node is not None else [],
        refusals=told.refusals,
        complete=found.complete and told.next_cursor is None,
    )


def _found(q: str) -> _Found:
    if (address := _address(q)) is not None:
        seen = streams.from_address(address, MOST)
        return _Found(streams=seen, people=_of_streams(seen), address=address, complete=len(seen) < MOST)
    if is_ulid(q.upper()):
        stream = streams.find(q.upper())
        key = keys.find_by_id(rules.KEY_ID_PREFIX + q.upper())  # a generated key's stream has the key's own id
        found = [stream] if stream is not None else []
        return _Found(streams=found, keys=[key] if key is not None else [], people=_of_streams(found))
    if is_ulid(q, rules.KEY_ID_PREFIX):
        key = keys.find_by_id(q)
        return _Found(keys=[key] if key is not None else [], people=_of_keys([key] if key is not None else []))
    if rules.is_well_formed(q):
        with_hint = keys.with_hint(rules.hint_of(q), MOST)
        return _Found(keys=with_hint, people=_of_keys(with_hint), complete=len(with_hint) < MOST)
    page = broadcasters.found(q, MOST, None)
    with_hint = keys.with_hint(q, MOST) if len(q) == rules.HINT_LENGTH and q.isalnum() else []
    return _Found(
        people=list(page.items),
        keys=with_hint,
        node=nodes.state(q),
        complete=page.next_cursor is None and len(with_hint) < MOST,
    )


def _of_streams(found: list[Stream]) -> list[Channel]:
    return list(channels.many(stream.channel_id for stream in found).values())


def _of_keys(found: list[StreamKey]) -> list[Channel]:
    return list(channels.many(key.channel_id for key in found).values())


def _address(q: str) -> str | None:
    """In the form in which addresses are stored; None if it is none."""
    try:
        return str(addresses.address(q))
    except ValueError:
        return None


def _refusals(address: str | None, now: int) -> RefusalPage:
    if address is None:
        return RefusalPage(refusals=[], next_cursor=None)
    return refusals.page(refusals.Asked(since=now - refusals.DAY, until=now, client_ip=address), MOST, None)
