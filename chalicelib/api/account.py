"""The route for a person's own account: deleting it."""

from chalice.app import Blueprint

from chalicelib import contract
from chalicelib.api.http import now_ms
from chalicelib.api.routing import BROADCASTER, Route
from chalicelib.services import accounts

blueprint = Blueprint(__name__)


@Route("DELETE", "/api/account", BROADCASTER, answer=contract.AccountDeletion, owner=True).on(blueprint)
def delete_account(owner: str) -> contract.AccountDeletion:
    """Deletes the caller's channel, keys and recordings, and their name from past streams. A running stream ends. It
    cannot be undone. Repeat the request until `finished` is true: each one deletes a part. The account at the sign-in
    service is not deleted here; until it is, its tokens get `account_deleted` from every other operation."""
    return contract.AccountDeletion(finished=accounts.delete(owner, now_ms))
