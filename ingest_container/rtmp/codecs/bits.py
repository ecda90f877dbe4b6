"""Bits, most significant first, with the Exp-Golomb numbers of H.264 and H.265."""

from ..errors import CodecError

# A 32-bit value is the largest that any field of a parameter set may have (H.264, 9.1).
_LONGEST_PREFIX = 32

# What is read lies at the front of a parameter set or frame, all scaling lists included; a reader that took in a
# message of megabytes would pay for its length with each bit.
_MOST_BYTES = 2_048


class BitReader:
    """Reads from the front; raises CodecError past the end."""

    def __init__(self, data: bytes) -> None:
        data = data[:_MOST_BYTES]
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    @classmethod
    def of_unit(cls, data: bytes) -> "BitReader":
        """A NAL unit's payload: "00 00 03" is there so that no start code appears inside, the 3 is no data (7.3.1)."""
        return cls(data[:_MOST_BYTES].replace(b"\x00\x00\x03", b"\x00\x00"))

    def bits(self, count: int) -> int:
        """The next `count` bits as an unsigned number."""
        if count > self._left:
            raise CodecError("cut short")
        self._left -= count
        return self._value >> self._left & ((1 << count) - 1)

    def flag(self) -> bool:
        """The next bit."""
        return self.bits(1) == 1

    def unsigned(self) -> int:
        """ue(v): H.264, 9.1."""
        zeros = 0
        while not self.flag():
            zeros += 1
            if zeros > _LONGEST_PREFIX:
                raise CodecError("an Exp-Golomb number past 32 bits")
        return (1 << zeros) - 1 + self.bits(zeros)

    def signed(self) -> int:
        """se(v): H.264, 9.1.1."""
        code = self.unsigned()
        return (code + 1) // 2 if code % 2 else -(code // 2)

    def skip_unsigned(self, count: int) -> None:
        """So many Exp-Golomb numbers, signed or not."""
        for _ in range(count):
            self.unsigned()
