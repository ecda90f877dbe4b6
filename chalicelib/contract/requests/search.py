"""What administrators search for."""

from typing import Annotated

from chalicelib.contract.requests.base import RequestModel
from chalicelib.contract.requests.text import Text
from chalicelib.domain import broadcasters as people


class SearchQuery(RequestModel):
    """`q` is the id of a person, channel, stream, key or node, an e-mail address, a network address, the last four
    characters of a stream key, or else part of a name, title, contact or address. Never send a stream key."""

    q: Annotated[str, Text(people.MAX_EMAIL + 2, shortest=1, strip=True)]
