"""Queries about streams."""

from typing import Annotated

from chalicelib.contract.requests.base import RequestModel, UlidPageQuery, example
from chalicelib.contract.requests.text import Text
from chalicelib.domain import broadcasters as people
from chalicelib.domain import channels as sizes
from chalicelib.domain.metadata import Search

MAX_SEARCH = 100  # characters


class PublicStreamQuery(UlidPageQuery):
    """`q` is searched for in titles, descriptions, tags and display names; `category` and `tag` must match as a
    whole. Case is ignored."""

    q: Annotated[str, Text(MAX_SEARCH)] = ""
    category: Annotated[str, Text(sizes.MAX_CATEGORY)] = ""
    tag: Annotated[str, Text(sizes.MAX_TAG)] = ""

    @property
    def search(self) -> Search:
        return Search(self.q, self.category, self.tag)


class RecordingEdit(RequestModel):
    """A recording that is `kept` does not expire."""

    model_config = example(kept=True)

    kept: bool


class EndedByAdministrator(RequestModel):
    """`why` is kept in the audit log, for administrators. The broadcaster is told that an administrator ended it."""

    model_config = example(why="Rebroadcasts somebody else's match")

    why: Annotated[str, Text(people.MAX_REASON, strip=True)] = ""
