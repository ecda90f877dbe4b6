"""Who a broadcaster is, and that they may be blocked.

A person is known by their account (the token's subject) and by their verified e-mail address: deleting an account and
signing up again gives a new subject, but the address is the same.
"""

from dataclasses import dataclass

MAX_EMAIL = 254  # characters (RFC 5321, 4.5.3.1.3)
MAX_USER_ID = 256
MAX_REASON = 200
MAX_OPERATOR = 80
UNCLAIMED = "unclaimed:"  # what the owner of a channel that no account has begins with
DELETED = "deleted:"  # what the owner of a channel begins with whose owner deleted it


@dataclass(frozen=True, slots=True)
class Block:
    """Since when (ms) somebody may not broadcast, who decided it, and why. `by` and `why` are for administrators."""

    at: int
    by: str
    why: str


def person_of(email: str) -> str:
    """What is the same of all addresses that one person gets from one mailbox: case and sub-address (RFC 5233) aside.

    `Ada+live@Example.com` is `ada@example.com`.
    """
    mailbox, _, domain = email.casefold().rpartition("@")
    return f"{mailbox.partition('+')[0] or mailbox}@{domain}"


def is_deleted(owner: str) -> bool:
    """Whether the owner of a channel deleted it."""
    return owner.startswith(DELETED)


def is_email(text: str) -> bool:
    """Whether `text` could be an address at all."""
    mailbox, _, domain = text.rpartition("@")
    return bool(mailbox and domain) and len(text) <= MAX_EMAIL and text.isprintable() and " " not in text
