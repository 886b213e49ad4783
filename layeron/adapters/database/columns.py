"""Column types that give every value back as it was, from either database."""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

LONGEST_INDEXED = 250
"""Characters kept of an indexed text: PostgreSQL refuses index entries past 2,700 bytes."""

LAST_CHARACTER = "\U0010ffff"
"""Sorts after every stored text that goes on differently, because it is never stored itself."""

# What PostgreSQL or UTF-8 cannot hold, and what would make the escapes ambiguous.
_UNSTORABLE = re.compile(rf"[\0\\\ud800-\udfff{LAST_CHARACTER}]")
_ESCAPED = re.compile(r"\\(?:\\|u([0-9a-f]{4})|U([0-9a-f]{8}))")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

BINARY_TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text that both databases compare by code point."""


def escape(text: str) -> str:
    r"""Write text so that any database holds it: NUL as ``\u0000``, a backslash twice.

    The escape of a beginning is the beginning of the escape, so beginnings can be searched.
    """
    return _UNSTORABLE.sub(_escape_one, text)


def _escape_one(match: re.Match[str]) -> str:
    code = ord(match[0])
    if match[0] == "\\":
        return r"\\"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  # the BMP


def unescape(text: str) -> str:
    """Undo `escape`."""
    return _ESCAPED.sub(lambda match: chr(int(match[1] or match[2] or "5c", 16)), text)


def bounded(text: str) -> str:
    """Make a text short enough for an index; different texts stay different.

    A short one is unchanged; of a longer one the beginning is kept, and the hash of the whole.
    """
    if len(text) <= LONGEST_INDEXED:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[:LONGEST_INDEXED]}…sha256:{digest}"


class AnyText(TypeDecorator[str]):
    """Text of strangers, of any length and with any character."""

    impl = BINARY_TEXT
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's signature
        """On the way in."""
        return None if value is None else escape(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's signature
        """On the way out."""
        return None if value is None else unescape(value)


class IndexedText(AnyText):
    """Text of strangers that can be found by equality and by its beginning (see `bounded`)."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """On the way in."""
        return super().process_bind_param(None if value is None else bounded(value), dialect)


class JsonText(TypeDecorator[Any]):
    r"""A JSON value as readable text.

    PostgreSQL's own type refuses ``\u0000``, and reorders.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's signature
        """On the way in; JSON itself escapes NUL."""
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return _SURROGATE.sub(_escape_one, text)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002  # SQLAlchemy's signature
        """On the way out."""
        return None if value is None else json.loads(value)


class UtcTime(TypeDecorator[datetime]):
    """A moment, to the microsecond; SQLite holds it as text in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """On the way in."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """On the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
