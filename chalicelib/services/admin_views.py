"""The JSON shapes of keys, broadcasters and nodes. Times are ISO 8601 UTC with milliseconds."""

from typing import Literal

from pydantic import BaseModel

from chalicelib.domain.broadcasters import Block
from chalicelib.domain.channels import Channel, Visibility
from chalicelib.domain.keys import KeyReading, StreamKey
from chalicelib.domain.nodes import NodeState
from chalicelib.domain.timeline import Entry
from chalicelib.domain.times import IsoTime, iso, iso_or_none
from chalicelib.services.broadcasters import UNCLAIMED
from chalicelib.services.keys.keyring import Issued, KeyView
from chalicelib.services.stream_views import OwnStream


class KeyBody(BaseModel):
    """A key without the key: `hint` is its last characters. `stream_id` is set while a stream runs on it."""

    key_id: str
    broadcaster_id: str
    label: str
    hint: str
    status: KeyReading
    created_at: IsoTime
    not_before: IsoTime | None
    expires_at: IsoTime | None
    one_time: bool
    allow_list: list[str]
    uses: int
    last_used_at: IsoTime | None
    stream_id: str | None


class IssuedKey(KeyBody):
    """The one answer that holds this key."""

    stream_key: str


class KeyPage(BaseModel):
    """A page may hold fewer than was asked for; the last one has no `next_cursor`."""

    keys: list[KeyBody]
    next_cursor: str | None


class KeyList(BaseModel):
    keys: list[KeyBody]


class KeyUsage(BaseModel):
    """The streams that ran on a key, newest first."""

    streams: list[OwnStream]
    next_cursor: str | None


class BlockBody(BaseModel):
    """Since when, by whom, and why."""

    at: IsoTime
    by: str
    why: str


class BlockEntry(BlockBody):
    kind: Literal["blocked", "unblocked"]


class BroadcasterBody(BaseModel):
    """`broadcaster_id` is the id of their channel.

    `user_id` is null where no account has it. `email` is the account's verified address as its last token said it, null
    until there was one. `blocked` is null for who is not.
    """

    broadcaster_id: str
    user_id: str | None
    email: str | None
    display_name: str
    contact: str
    title: str
    visibility: Visibility
    region: str
    created_at: IsoTime
    blocked: BlockBody | None


class BroadcasterDetails(BroadcasterBody):
    """`history`: who blocked and unblocked them in the last 90 days, oldest first."""

    keys: list[KeyBody]
    history: list[BlockEntry]


class BroadcasterPage(BaseModel):
    broadcasters: list[BroadcasterBody]
    next_cursor: str | None


class NodeBody(BaseModel):
    """`status` is `gone` when the node has not renewed its session, which it does every 1.5 s."""

    node_id: str
    status: Literal["serving", "draining", "gone"]
    address: str
    region: str
    capacity: int
    active: int
    started_at: IsoTime
    session_expires_at: IsoTime


class NodeList(BaseModel):
    nodes: list[NodeBody]


def key(seen: KeyView) -> KeyBody:
    one = seen.key
    return KeyBody(
        key_id=one.key_id,
        broadcaster_id=one.channel_id,
        label=one.label,
        hint=one.hint,
        status=seen.reading,
        created_at=iso(one.created_at),
        not_before=iso_or_none(one.not_before),
        expires_at=iso_or_none(one.expires_at),
        one_time=one.one_time,
        allow_list=one.allow_list,
        uses=one.uses,
        last_used_at=iso_or_none(one.last_used_at),
        stream_id=seen.stream_id,
    )


def new_key(issued: Issued) -> IssuedKey:
    body = key(KeyView(issued.key, KeyReading.ACTIVE, None))
    return IssuedKey(**body.model_dump(), stream_key=issued.stream_key)


def revoked(one: StreamKey) -> KeyBody:
    return key(KeyView(one, KeyReading.REVOKED, None))


def broadcaster(channel: Channel) -> BroadcasterBody:
    return BroadcasterBody(
        broadcaster_id=channel.channel_id,
        user_id=None if channel.owner.startswith(UNCLAIMED) else channel.owner,
        email=channel.email,
        display_name=channel.display_name,
        contact=channel.contact,
        title=channel.title,
        visibility=channel.visibility,
        region=channel.region,
        created_at=iso(channel.created_at),
        blocked=_block(channel.blocked),
    )


def _block(block: Block | None) -> BlockBody | None:
    return None if block is None else BlockBody(at=iso(block.at), by=block.by, why=block.why)


def broadcaster_details(channel: Channel, keys: list[KeyView], history: list[Entry]) -> BroadcasterDetails:
    entries = [BlockEntry.model_validate({"at": iso(one.at), "kind": one.kind, **one.facts}) for one in history]
    return BroadcasterDetails(**broadcaster(channel).model_dump(), keys=[key(one) for one in keys], history=entries)


def node(state: NodeState, *, gone: bool) -> NodeBody:
    info = state.info
    return NodeBody(
        node_id=info.node_id,
        status="gone" if gone else "draining" if state.draining else "serving",
        address=info.address,
        region=info.region,
        capacity=info.capacity,
        active=state.active,
        started_at=iso(info.started_at),
        session_expires_at=iso(state.expires_at),
    )
