"""What the address of a list says: its filters, and where its page begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

_LONGEST = 200
_CURSOR = "cursor"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The fields of a form above a list.

    Attributes:
        fields: as typed, without those left blank.
        cursor: where the page begins; None for the newest.
    """

    fields: dict[str, str]
    cursor: str | None

    @classmethod
    def of(cls, query: Mapping[str, str], *names: str) -> "ListQuery":
        """Read these fields, and no others."""
        typed = {name: _visible(query.get(name, "")) for name in (*names, _CURSOR)}
        cursor = typed.pop(_CURSOR) or None
        return cls({name: text for name, text in typed.items() if text}, cursor)

    def get(self, name: str) -> str:
        """What stands in a field of the form."""
        return self.fields.get(name, "")

    @property
    def place(self) -> tuple[str | None, str | None]:
        """Namespace and name of the field ``webhook``, which holds ``namespace/name``."""
        namespace, slash, name = self.get("webhook").partition("/")
        return (namespace, name) if slash else (None, namespace or None)

    def link(self, cursor: str | None = None) -> str:
        """The address of the list from *cursor* on, or of its newest page."""
        return "?" + urlencode(self.fields | ({_CURSOR: cursor} if cursor else {}))


def _visible(text: str) -> str:
    """What was typed, without what nobody can type."""
    return "".join(each for each in text[:_LONGEST] if each.isprintable()).strip()
