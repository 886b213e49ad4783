"""A span of texts in a column: one text, or all that begin alike."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import ColumnElement, Text, literal, true, type_coerce
from sqlalchemy.orm import Mapped

from layeron.adapters.database.columns import LAST_CHARACTER, LONGEST_INDEXED, bounded, escape


def seen(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition that no index answers, though its statistics are still known.

    A database may expect few matches, read them all along their index, and sort what are many.
    """
    return condition.self_group().is_(true())


@dataclass(frozen=True, slots=True)
class Span:
    """All stored texts from *first* to *last*; both as `IndexedText` stores them."""

    first: str
    last: str

    @classmethod
    def one(cls, text: str) -> Self:
        """Exactly this text."""
        stored = escape(bounded(text))
        return cls(stored, stored)

    @classmethod
    def beginning(cls, text: str) -> Self:
        """The texts that begin so, as far as an index tells."""
        first = escape(text[:LONGEST_INDEXED])
        return cls(first, first + LAST_CHARACTER)

    @classmethod
    def of_type(cls, pattern: str) -> Self:
        """An event type, or a group of them such as ``invoice.*``."""
        if pattern == "*" or pattern.endswith(".*"):
            return cls.beginning(pattern.removesuffix("*"))
        return cls.one(pattern)

    def __and__(self, other: "Span") -> "Span":
        return Span(max(self.first, other.first), min(self.last, other.last))

    def found_in(self, column: Mapped[Any]) -> ColumnElement[bool]:
        """The condition that a column's text lies in the span, for reading along its index."""
        return self._holds(type_coerce(column, Text))

    def _holds(self, text: ColumnElement[str]) -> ColumnElement[bool]:
        if self.first == self.last:
            return text == literal(self.first, Text)
        return text.between(literal(self.first, Text), literal(self.last, Text))
