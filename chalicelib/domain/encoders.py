"""Whose connection it is: what an RTMP server knows of the encoder at the other end."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Encoder:
    """`flash_version` is the name that it gives itself in connect; None if it gives none."""

    key_id: str
    client_ip: str | None
    flash_version: str | None = None

    def may_be(self, other: "Encoder") -> bool:
        """Whether the two may be one encoder on two connections: same key, same address, and no two different names."""
        return (
            self.key_id == other.key_id
            and self.client_ip is not None
            and self.client_ip == other.client_ip
            and (not self.flash_version or not other.flash_version or self.flash_version == other.flash_version)
        )
