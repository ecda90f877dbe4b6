"""What viewers are shown of a channel. A stream carries a copy, so that a list of streams needs no other row."""

from dataclasses import dataclass, field, fields
from enum import StrEnum


class Visibility(StrEnum):
    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Metadata:
    """`version` grows with every edit: of two copies the higher one is right."""

    title: str = ""
    description: str = ""
    category: str = ""
    tags: list[str] = field(default_factory=list)
    visibility: Visibility = Visibility.PUBLIC
    display_name: str = ""
    version: int = 0


# What viewers see, by name: all but the version.
SHOWN = tuple(one.name for one in fields(Metadata) if one.name != "version")


@dataclass(frozen=True, slots=True)
class Search:
    """`q` is looked for in title, description, tags, name; `category` and `tag` must be equal. Case is ignored."""

    q: str = ""
    category: str = ""
    tag: str = ""

    def finds(self, metadata: Metadata) -> bool:
        text = "\n".join([metadata.title, metadata.description, metadata.display_name, *metadata.tags]).casefold()
        return (
            self.q.casefold() in text
            and (not self.category or self.category.casefold() == metadata.category.casefold())
            and (not self.tag or self.tag.casefold() in [tag.casefold() for tag in metadata.tags])
        )
