"""A broadcaster's channel."""

import hashlib
import re
from dataclasses import dataclass, field, fields

from chalicelib.domain.broadcasters import Block
from chalicelib.domain.closures import Closure
from chalicelib.domain.leases import Lease
from chalicelib.domain.metadata import Metadata, Visibility
from chalicelib.domain.takeovers import SecondPublisher

MAX_TITLE = 140
MAX_DESCRIPTION = 2_000
MAX_CATEGORY = 60
MAX_TAGS = 10
MAX_TAG = 30
MAX_DISPLAY_NAME = 80
MAX_CONTACT = 200

_ID_FORM = re.compile(r"ch_[0-9A-Za-z]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Metadata):
    """`version` grows with each change of the key that the dashboard shows, too."""

    channel_id: str
    owner: str
    region: str
    created_at: int
    contact: str = ""
    email: str | None = None
    blocked: Block | None = None
    closed: Closure | None = None  # see `domain.closures`
    recording: bool = True  # whether its streams are to be recorded
    key_hash: str | None = None
    stream_id: str | None = None
    test: bool = False  # whether that stream is a test
    lease: Lease = field(default_factory=Lease)
    resumable_until: int | None = None
    starts_paid_until: int | None = None  # see `domain.starts`
    second_publisher: SecondPublisher = SecondPublisher.REFUSE
    takeovers_paid_until: int | None = None  # see `domain.takeovers`

    @property
    def metadata(self) -> Metadata:
        return Metadata(**{one.name: getattr(self, one.name) for one in fields(Metadata)})


def channel_id_of(owner: str) -> str:
    """The channel of a user. Derived, so that two first requests at once cannot make two channels.

    `owner` is the token issuer's subject; the hash keeps it out of public URLs.
    """
    return "ch_" + hashlib.sha256(owner.encode()).hexdigest()[:24]


def is_channel_id(text: str) -> bool:
    """Whether `text` could be a channel's id at all; asked before any database work."""
    return _ID_FORM.fullmatch(text) is not None


__all__ = ["Channel", "Visibility", "channel_id_of", "is_channel_id"]
