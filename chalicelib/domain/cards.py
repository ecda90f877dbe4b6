"""What viewers are shown of a channel. A stream carries a copy, so that a list of streams needs no other row."""

from dataclasses import dataclass, field
from enum import StrEnum


class Visibility(StrEnum):
    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Card:
    """`version` grows with every edit: of two copies the higher one is right."""

    title: str = ""
    description: str = ""
    category: str = ""
    tags: list[str] = field(default_factory=list)
    visibility: Visibility = Visibility.PUBLIC
    display_name: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Search:
    """`q` is looked for in title, description, tags, name; `category` and `tag` must be equal. Case is ignored."""

    q: str = ""
    category: str = ""
    tag: str = ""

    def finds(self, card: Card) -> bool:
        text = "\n".join([card.title, card.description, card.display_name, *card.tags]).casefold()
        return (
            self.q.casefold() in text
            and (not self.category or self.category.casefold() == card.category.casefold())
            and (not self.tag or self.tag.casefold() in [tag.casefold() for tag in card.tags])
        )
