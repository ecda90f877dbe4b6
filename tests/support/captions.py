"""CEA-608 captions in a clip, as a broadcaster's encoder puts them beside the picture (ATSC A/53 part 4, CTA-608).

FLV in, FLV out: each H.264 frame gets an SEI message with one pair of bytes of the caption's line.
"""

from collections.abc import Iterator
from pathlib import Path

VIDEO, AVC, NALUS = 9, 7, 1
TAG_HEADER, PREVIOUS_SIZE = 11, 4
SEI, REGISTERED_BY_T35 = 6, 4
# United States, ATSC, "GA94", cc_data.
ATSC = bytes([0xB5, 0x00, 0x31]) + b"GA94" + bytes([0x03])
ONE_PAIR, NO_EM_DATA, FIELD_1, END = 0xC1, 0xFF, 0xFC, 0xFF
ROLL_UP_2, ROW_15, NEW_LINE = (0x14, 0x25), (0x14, 0x70), (0x14, 0x2D)
NOTHING = (0x00, 0x00)
EVERY = 50  # frames


def with_captions(clip: Path, made: Path, text: str) -> Path:
    """Writes `made`: `clip` with `text` as a caption, again and again."""
    data = clip.read_bytes()
    pairs = _pairs(text)
    out = bytearray(data[: 9 + PREVIOUS_SIZE])
    at = len(out)
    while at < len(data):
        size = int.from_bytes(data[at + 1 : at + 4])
        header, body = data[at : at + TAG_HEADER], data[at + TAG_HEADER : at + TAG_HEADER + size]
        if header[0] == VIDEO and body[0] & 0x0F == AVC and body[1] == NALUS:
            nal = _sei(*next(pairs))
            body = body[:5] + len(nal).to_bytes(4) + nal + body[5:]
        out += header[:1] + len(body).to_bytes(3) + header[4:] + body + (TAG_HEADER + len(body)).to_bytes(4)
        at += TAG_HEADER + size + PREVIOUS_SIZE
    made.write_bytes(out)
    return made


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    letters = text.encode("ascii") + b"\0" * (len(text) % 2)
    # Control codes are sent twice (CTA-608, 8.4).
    line = [ROLL_UP_2, ROLL_UP_2, NEW_LINE, NEW_LINE, ROW_15, ROW_15]
    line += [(letters[n], letters[n + 1]) for n in range(0, len(letters), 2)]
    while True:
        yield from line
        yield from [NOTHING] * (EVERY - len(line))


def _sei(first: int, second: int) -> bytes:
    """A NAL unit. No two zero bytes follow each other in it, so nothing has to be escaped."""
    payload = ATSC + bytes([ONE_PAIR, NO_EM_DATA, FIELD_1, _odd(first), _odd(second), END])
    return bytes([SEI, REGISTERED_BY_T35, len(payload)]) + payload + b"\x80"


def _odd(value: int) -> int:
    """With its parity bit."""
    return value | (0 if value.bit_count() % 2 else 0x80)
