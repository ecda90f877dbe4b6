"""The client's half of SRP-6a (RFC 5054) as Cognito speaks it, for `make token` and the tests: standard library only.

The dashboard has its own (dashboard/src/auth/srp.ts, where the exchange is drawn). Both are tested with the same data.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime

# RFC 5054, appendix A, the 3072-bit group; Cognito's generator is 2.
N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2
SECRET_BITS = 1024
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class SrpClient:
    """One sign-in. `secret` is for tests: it must be random and used once."""

    def __init__(self, pool: str, password: str, secret: int | None = None) -> None:
        self._pool = pool.rpartition("_")[2]
        self._password = password
        self._a = secrets.randbits(SECRET_BITS) | 1 if secret is None else secret
        self._public = pow(G, self._a, N)

    @property
    def public_value(self) -> str:
        """SRP_A."""
        return f"{self._public:x}"

    def proof(self, challenge: dict[str, str], now: datetime | None = None) -> dict[str, str]:
        """The responses to PASSWORD_VERIFIER."""
        user, theirs = challenge["USER_ID_FOR_SRP"], int(challenge["SRP_B"], 16)
        u = _hash(_padded(self._public), _padded(theirs))
        if theirs % N == 0 or u == 0:
            raise ValueError("The server's value is not one of SRP")
        identity = hashlib.sha256(f"{self._pool}{user}:{self._password}".encode()).digest()
        x = _hash(_padded(int(challenge["SALT"], 16)), identity)
        k = _hash(_padded(N), _padded(G))
        shared = pow(theirs - k * pow(G, x, N), self._a + u * x, N)
        extracted = hmac.digest(_padded(u), _padded(shared), "sha256")  # HKDF (RFC 5869), one block of it
        key = hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]
        timestamp = _timestamp(now or datetime.now(UTC))
        block = base64.b64decode(challenge["SECRET_BLOCK"])
        signature = hmac.digest(key, f"{self._pool}{user}".encode() + block + timestamp.encode(), "sha256")
        return {
            "USERNAME": user,
            "PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(signature).decode(),
            "TIMESTAMP": timestamp,
        }


def _timestamp(now: datetime) -> str:
    """English in every locale, with no zero before the day."""
    return f"{DAYS[now.weekday()]} {MONTHS[now.month - 1]} {now.day} {now:%H:%M:%S} UTC {now.year}"


def _padded(number: int) -> bytes:
    """As a signed big-endian integer."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")
