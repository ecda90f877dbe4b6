"""Free text in requests; `domain.texts` says which characters it may contain.

Title = Annotated[str, Text(sizes.MAX_TITLE)]
"""

from collections.abc import Iterator
from dataclasses import dataclass

from annotated_types import GroupedMetadata
from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.domain import texts


@dataclass(frozen=True, slots=True)
class Text(GroupedMetadata):
    """One line, or with `many_lines` any number, of `shortest` to `longest` characters."""

    longest: int
    shortest: int = 0
    strip: bool = False
    many_lines: bool = False

    def __iter__(self) -> Iterator[object]:
        yield from StringConstraints(
            strip_whitespace=self.strip, min_length=self.shortest or None, max_length=self.longest
        )
        yield AfterValidator(self._checked)
        pattern = texts.LINES_PATTERN if self.many_lines else texts.LINE_PATTERN
        yield Field(json_schema_extra={"pattern": pattern})

    def _checked(self, text: str) -> str:
        kept = texts.lines(text) if self.many_lines else texts.line(text)
        if len(kept) < self.shortest:  # characters that are dropped do not count
            raise ValueError(f"must have {self.shortest} or more characters")
        return kept
