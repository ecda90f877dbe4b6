"""Requests of administrators about broadcasters."""

from typing import Annotated

from chalicelib.contract.requests.base import PageQuery, RequestModel, example
from chalicelib.contract.requests.text import Text
from chalicelib.domain import broadcasters as people
from chalicelib.domain import channels as sizes

DisplayName = Annotated[str, Text(sizes.MAX_DISPLAY_NAME, shortest=1, strip=True)]
Contact = Annotated[str, Text(sizes.MAX_CONTACT, strip=True)]
UserId = Annotated[str, Text(people.MAX_USER_ID, shortest=1)]


class NewBroadcaster(RequestModel):
    """`user_id` is the `sub` claim of the account that will own the channel; for tokens of the user service it is
    `user:<id>`.

    Without it nobody can sign in to the channel, and only administrators can manage its keys.
    """

    model_config = example(display_name="Ada", contact="ada@example.com", user_id="user:42")

    display_name: DisplayName
    contact: Contact = ""
    user_id: UserId | None = None


class BroadcasterEdit(RequestModel):
    """Fields that are left out stay as they are."""

    model_config = example(contact="ada@example.com")

    display_name: DisplayName | None = None
    contact: Contact | None = None


class BroadcasterQuery(PageQuery):
    """`q` is a broadcaster id, a user id or an e-mail address, or else part of a name, title, contact or address."""

    q: Annotated[str, Text(people.MAX_EMAIL + 2, shortest=1, strip=True)] | None = None


class Blocking(RequestModel):
    """`why` and the administrator's identity are recorded and shown to administrators only. A request with a token is
    recorded under the token's user; a request with the shared secret may say in `by` who made it."""

    model_config = example(by="ada@example.com", why="Rebroadcast somebody else's match")

    by: Annotated[str, Text(people.MAX_OPERATOR, shortest=1, strip=True)] | None = None
    why: Annotated[str, Text(people.MAX_REASON, strip=True)] = ""
