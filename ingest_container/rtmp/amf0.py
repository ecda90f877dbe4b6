"""AMF0, the encoding of commands and metadata (Adobe AMF0 specification, December 2007).

    wire                         Python
    number                       float (int is accepted for writing)
    boolean, string, long string bool, str
    object, typed object         dict
    ECMA array                   dict (written as an object, which every reader takes alike)
    strict array                 list
    date                         Date
    null, undefined, unsupported None

Two habits of real senders decide how this reads: the count of an ECMA array is often wrong (0 included), so only the
end marker counts; and a sender may switch to AMF3 (the AVM+ marker), which ends what we read.
"""

import struct
from dataclasses import dataclass
from typing import Union

from .errors import AmfError
from .limits import Limits

AmfValue = Union[None, bool, float, str, "Date", list["AmfValue"], dict[str, "AmfValue"]]

NUMBER, BOOLEAN, STRING, OBJECT, NULL, UNDEFINED = 0x00, 0x01, 0x02, 0x03, 0x05, 0x06
ECMA_ARRAY, OBJECT_END, STRICT_ARRAY, DATE, LONG_STRING = 0x08, 0x09, 0x0A, 0x0B, 0x0C
UNSUPPORTED, XML_DOCUMENT, TYPED_OBJECT, AVM_PLUS = 0x0D, 0x0F, 0x10, 0x11

_DOUBLE = struct.Struct(">d")
_END = b"\x00\x00\x09"


@dataclass(frozen=True, slots=True)
class Date:
    """Milliseconds since 1970 UTC. The zone field of the wire is reserved and written as zero (AMF0, 2.13)."""

    milliseconds: float


def encode(*values: AmfValue) -> bytes:
    """The values one after another, as the body of a command or data message has them."""
    out = bytearray()
    for value in values:
        _write(out, value)
    return bytes(out)


def decode(payload: bytes, limits: Limits) -> list[AmfValue]:
    """All values of a message body, up to its end or to a switch to AMF3. Raises AmfError."""
    reader = _Reader(payload, limits)
    values: list[AmfValue] = []
    while reader.position < len(payload) and payload[reader.position] != AVM_PLUS:
        values.append(reader.value(0))
    return values


def _write(out: bytearray, value: AmfValue) -> None:
    if value is None:
        out.append(NULL)
    elif isinstance(value, bool):
        out += bytes((BOOLEAN, value))
    elif isinstance(value, (int, float)):
        out.append(NUMBER)
        out += _DOUBLE.pack(value)
    elif isinstance(value, str):
        text = value.encode()
        if len(text) > 0xFFFF:
            out.append(LONG_STRING)
            out += len(text).to_bytes(4, "big")
        else:
            out.append(STRING)
            out += len(text).to_bytes(2, "big")
        out += text
    elif isinstance(value, Date):
        out.append(DATE)
        out += _DOUBLE.pack(value.milliseconds) + b"\x00\x00"
    elif isinstance(value, list):
        out.append(STRICT_ARRAY)
        out += len(value).to_bytes(4, "big")
        for item in value:
            _write(out, item)
    else:
        out.append(OBJECT)
        for name, item in value.items():
            text = name.encode()
            out += len(text).to_bytes(2, "big")
            out += text
            _write(out, item)
        out += _END


class _Reader:
    """A position in one message body, and how many entries it may still yield."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = data
        self._limits = limits
        self._entries_left = limits.max_amf_entries
        self.position = 0

    def value(self, depth: int) -> AmfValue:
        if depth > self._limits.max_amf_depth:
            raise AmfError(f"values nest deeper than {self._limits.max_amf_depth}")
        if self._entries_left == 0:
            raise AmfError(f"more than {self._limits.max_amf_entries} values")
        self._entries_left -= 1
        marker = self._take(1)[0]
        if marker == NUMBER:
            return self._double()
        if marker == BOOLEAN:
            return self._take(1)[0] != 0
        if marker == STRING:
            return self._string(2)
        if marker == OBJECT:
            return self._properties(depth)
        if marker in (NULL, UNDEFINED, UNSUPPORTED):
            return None
        if marker == ECMA_ARRAY:
            self._take(4)  # the count: unreliable, the end marker decides
            return self._properties(depth)
        if marker == STRICT_ARRAY:
            count = int.from_bytes(self._take(4), "big")
            if count > self._entries_left:
                raise AmfError(f"an array of {count} values")
            return [self.value(depth + 1) for _ in range(count)]
        if marker == DATE:
            milliseconds = self._double()
            self._take(2)
            return Date(milliseconds)
        if marker in (LONG_STRING, XML_DOCUMENT):
            return self._string(4)
        if marker == TYPED_OBJECT:
            self._string(2)  # the class name; its properties are read as those of a plain object
            return self._properties(depth)
        raise AmfError(f"unknown type marker {marker}")

    def _properties(self, depth: int) -> dict[str, AmfValue]:
        values: dict[str, AmfValue] = {}
        data = self._data
        while not data.startswith(_END, self.position):
            name = self._string(2)
            values[name] = self.value(depth + 1)
        self.position += len(_END)
        return values

    def _string(self, length_bytes: int) -> str:
        length = int.from_bytes(self._take(length_bytes), "big")
        if length > self._limits.max_amf_string_bytes:
            raise AmfError(f"a string of {length} bytes")
        return self._take(length).decode(errors="replace")

    def _double(self) -> float:
        value: float = _DOUBLE.unpack(self._take(8))[0]
        return value

    def _take(self, count: int) -> bytes:
        start = self.position
        end = start + count
        if end > len(self._data):
            raise AmfError("cut short")
        self.position = end
        return self._data[start:end]
