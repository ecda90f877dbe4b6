"""Signature Version 4 of a request, verified as API Gateway does for `@connections`: with `make run`'s credentials.

The signature is calculated again from what came, by botocore's own signer, and compared.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ALGORITHM = "AWS4-HMAC-SHA256"
TIME_FORMAT = "%Y%m%dT%H%M%SZ"
CLOCK_SKEW = timedelta(minutes=15)
AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +Credential=(?P<key>[A-Za-z0-9]+)/(?P<scope>[a-z0-9_/-]+), *"
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), *Signature=(?P<signature>[0-9a-f]+)"
)
NOT_THE_SAME = "The request signature we calculated does not match the signature you provided."


class Unsigned(Exception):
    """A request that is not signed as it must be. `kind` is API Gateway's name for it; it answers 403."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


@dataclass(frozen=True)
class Received:
    """A request as it came. `target` is that of the request line; names of headers are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Verifier:
    """For one pair of credentials, one service and one region."""

    def __init__(self, access_key_id: str, secret_access_key: str, service: str, region: str) -> None:
        self._access_key_id = access_key_id
        self._scope = f"{region}/{service}/aws4_request"
        self._signer = SigV4Auth(Credentials(access_key_id, secret_access_key), service, region)

    def check(self, request: Received, now: datetime) -> None:
        """Raises Unsigned."""
        authorization = request.headers.get("authorization", "")
        if not authorization.startswith(ALGORITHM):
            raise Unsigned("MissingAuthenticationTokenException", "Missing Authentication Token")
        found = AUTHORIZATION.fullmatch(authorization)
        if found is None:
            raise Unsigned("IncompleteSignatureException", "Authorization is not Credential, SignedHeaders, Signature.")
        names = found["names"].split(";")
        if not {"host", "x-amz-date"} <= set(names) <= set(request.headers):
            raise Unsigned(
                "IncompleteSignatureException", "SignedHeaders must name host, x-amz-date, and headers sent."
            )
        if not hmac.compare_digest(found["key"].encode(), self._access_key_id.encode()):
            raise Unsigned("UnrecognizedClientException", "The security token included in the request is invalid.")
        timestamp = self._timestamp(request.headers["x-amz-date"], found["scope"], now)
        signature = self._signature(request, names, timestamp)
        if not hmac.compare_digest(found["signature"].encode(), signature.encode()):
            raise Unsigned("InvalidSignatureException", NOT_THE_SAME)

    def _timestamp(self, text: str, scope: str, now: datetime) -> str:
        """The time of the signature, which its scope repeats as a day."""
        try:
            at = datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)
        except ValueError:
            raise Unsigned("IncompleteSignatureException", f"X-Amz-Date must be {TIME_FORMAT}.") from None
        if abs(now - at) > CLOCK_SKEW:
            raise Unsigned("InvalidSignatureException", "Signature expired, or not yet current.")
        timestamp = at.strftime(TIME_FORMAT)
        if scope != f"{timestamp[:8]}/{self._scope}":
            raise Unsigned("InvalidSignatureException", f"Credential must be scoped to <date>/{self._scope}.")
        return timestamp

    def _signature(self, request: Received, names: list[str], timestamp: str) -> str:
        """As the client must have calculated it."""
        hashed = hashlib.sha256(request.body).hexdigest()
        if request.headers.get("x-amz-content-sha256", hashed) != hashed:  # the signer takes its word for it
            raise Unsigned("InvalidSignatureException", NOT_THE_SAME)
        headers = {name: request.headers[name] for name in names}
        url = f"http://{headers['host']}{request.target}"
        signed = AWSRequest(request.method, url, headers, request.body)
        signed.context["timestamp"] = timestamp
        try:
            if not "".join([url, *headers.values()]).isascii():
                raise ValueError("nobody signs that")
            text = self._signer.string_to_sign(signed, self._signer.canonical_request(signed))
        except ValueError:  # or no URL
            raise Unsigned("InvalidSignatureException", NOT_THE_SAME) from None
        return str(self._signer.signature(text, signed))
