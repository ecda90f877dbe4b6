"""Orders to end a stream, as they stand in the row of the node that carries it: `<stream_id> <reason>`."""

from dataclasses import dataclass

from chalicelib.domain.streams import EndReason

_REASONS: dict[str, EndReason] = {reason.value: reason for reason in EndReason}


@dataclass(frozen=True, slots=True)
class Order:
    """`text` is how it is written, which acknowledges it: the reason may be one that only a newer version knows."""

    stream_id: str
    reason: EndReason
    text: str

    @classmethod
    def to_end(cls, stream_id: str, reason: EndReason) -> "Order":
        return cls(stream_id, reason, f"{stream_id} {reason.value}")

    @classmethod
    def parse(cls, text: str) -> "Order":
        stream_id, _, reason = text.partition(" ")
        return cls(stream_id, _REASONS.get(reason, EndReason.STOPPED), text)
