"""The digest that Flash and FFmpeg put into their handshake ("complex handshake"). Adobe never published it; what is
here is what every implementation agrees on.

C1 and S1 are 1536 bytes: time (4), version (4), then two blocks of 764. One block holds a digest, the other was made
for a key exchange and is random. Scheme 0 has the digest in the second block, scheme 1 in the first; a block begins or
ends with four bytes whose sum says where in it. The digest is HMAC-SHA256 of the 1504 other bytes.
"""

import hashlib
import hmac

PACKET_BYTES = 1536
DIGEST_BYTES = 32
VERSION = bytes((4, 5, 0, 1))  # of a Flash Media Server; any but zero says that a digest follows

_CLIENT_NAME = b"Genuine Adobe Flash Player 001"
_SERVER_NAME = b"Genuine Adobe Flash Media Server 001"
_SALT = bytes.fromhex("f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae")

_HEADER_BYTES = 8
_BLOCK_BYTES = 764
_OFFSET_BYTES = 4
_OFFSETS = _BLOCK_BYTES - _OFFSET_BYTES - DIGEST_BYTES  # places that a digest may have in its block
# Where the four bytes stand that say the place: at the beginning of the block that holds the digest.
_SCHEMES = (_HEADER_BYTES, _HEADER_BYTES + _BLOCK_BYTES)


def find(c1: bytes) -> tuple[int, bytes] | None:
    """(where the four offset bytes stand, the digest) of a C1 that has a valid one."""
    for scheme in _SCHEMES:
        place = _place(c1, scheme)
        digest = c1[place : place + DIGEST_BYTES]
        if hmac.compare_digest(digest, _digest(c1, place, _CLIENT_NAME)):
            return scheme, digest
    return None


def sign_s1(s1: bytes, scheme: int) -> bytes:
    """S1 with a digest where the client looks for it."""
    place = _place(s1, scheme)
    return s1[:place] + _digest(s1, place, _SERVER_NAME) + s1[place + DIGEST_BYTES :]


def answer(random_bytes: bytes, digest: bytes) -> bytes:
    """S2: 1504 bytes, then their HMAC under a key that is made from the digest of C1."""
    key = hmac.digest(_SERVER_NAME + _SALT, digest, hashlib.sha256)
    body = random_bytes[: PACKET_BYTES - DIGEST_BYTES]
    return body + hmac.digest(key, body, hashlib.sha256)


def _place(packet: bytes, scheme: int) -> int:
    return sum(packet[scheme : scheme + _OFFSET_BYTES]) % _OFFSETS + scheme + _OFFSET_BYTES


def _digest(packet: bytes, place: int, name: bytes) -> bytes:
    return hmac.digest(name, packet[:place] + packet[place + DIGEST_BYTES :], hashlib.sha256)
