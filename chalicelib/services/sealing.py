"""Secrets as they are kept: encrypted under the KMS key.

The context says what and whose a secret is. A ciphertext that is moved to another row cannot be decrypted there.
"""

from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.config import settings
from chalicelib.domain.refusals import StoreUnavailable


def seal(secret: str, context: Mapping[str, str], what: str) -> bytes:
    """`what` is named in the error. Raises StoreUnavailable."""
    try:
        answer = aws.client("kms").encrypt(
            KeyId=settings().kms_key_id, Plaintext=secret.encode(), EncryptionContext=context
        )
    except (BotoCoreError, ClientError) as error:
        raise StoreUnavailable(f"{what} cannot be encrypted right now") from error
    return bytes(answer["CiphertextBlob"])


def unseal(ciphertext: bytes, context: Mapping[str, str], what: str) -> str:
    """As `seal`."""
    try:
        answer = aws.client("kms").decrypt(CiphertextBlob=ciphertext, EncryptionContext=context)
    except (BotoCoreError, ClientError) as error:
        raise StoreUnavailable(f"{what} cannot be decrypted right now") from error
    return str(answer["Plaintext"].decode())
