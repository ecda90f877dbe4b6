"""Orders about a stream, as they stand in the row of the node that carries it.

<stream_id> <reason>   end it
<stream_id> review     look again whether its lease is still held and what its key is good for
"""

from dataclasses import dataclass

from chalicelib.domain.streams import EndReason

REVIEW = "review"
_REASONS: dict[str, EndReason] = {reason.value: reason for reason in EndReason}


@dataclass(frozen=True, slots=True)
class Order:
    """`reason` is that of an end, None of a review.

    `text` is how it is written, which acknowledges it: the reason may be one that only a newer version knows.
    """

    stream_id: str
    reason: EndReason | None
    text: str

    @classmethod
    def to_end(cls, stream_id: str, reason: EndReason) -> "Order":
        return cls(stream_id, reason, f"{stream_id} {reason.value}")

    @classmethod
    def to_review(cls, stream_id: str) -> "Order":
        return cls(stream_id, None, f"{stream_id} {REVIEW}")

    @classmethod
    def parse(cls, text: str) -> "Order":
        stream_id, _, reason = text.partition(" ")
        return cls(stream_id, None if reason == REVIEW else _REASONS.get(reason, EndReason.STOPPED), text)
