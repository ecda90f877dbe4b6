"""Broadcasters, as administrators see them."""

from chalicelib import contract
from chalicelib.contract import BlockEntry, Broadcaster, BroadcasterDetails
from chalicelib.domain.broadcasters import UNCLAIMED, Block
from chalicelib.domain.channels import Channel
from chalicelib.domain.timeline import Entry
from chalicelib.domain.times import iso
from chalicelib.services.keys.keyring import KeyView
from chalicelib.services.serializers import keys


def broadcaster(channel: Channel) -> Broadcaster:
    return Broadcaster(
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


def _block(block: Block | None) -> contract.Block | None:
    return None if block is None else contract.Block(at=iso(block.at), by=block.by, why=block.why)


def broadcaster_details(channel: Channel, seen: list[KeyView], history: list[Entry]) -> BroadcasterDetails:
    entries = [BlockEntry.model_validate({"at": iso(one.at), "kind": one.kind, **one.facts}) for one in history]
    return BroadcasterDetails(
        **broadcaster(channel).model_dump(), keys=[keys.key(one) for one in seen], history=entries
    )
