"""What a form above a list of events asks for; the form's fields are the page's address."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from api.parameters import CURSOR, EVENT_FILTER
from api.questions import BadRequestError, filter_of, read_query
from layeron.records import EventFilter

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class EventQuery:
    """A filter and the place in its list.

    Attributes:
        fields: as typed, without those left blank.
        where: what they mean; all events where they mean nothing.
        mistake: what is wrong with them.
        cursor: where the page begins; None for the newest.
    """

    fields: dict[str, str]
    where: EventFilter
    cursor: str | None
    mistake: str | None = None

    @classmethod
    def of(cls, query: Mapping[str, str], **fixed: str) -> "EventQuery":
        """Read it; *fixed* are fields that the page has no choice of."""
        names = {each.name for each in EVENT_FILTER}
        typed = {name: text.strip()[:_LONGEST] for name, text in query.items()}
        fields = {name: text for name, text in typed.items() if text and name in names}
        try:
            values = read_query(QueryParams(_parted(fields | fixed)), *EVENT_FILTER)
        except BadRequestError as bad:
            return cls(fields, EventFilter(), None, str(bad))
        return cls(fields, filter_of(values), typed.get(CURSOR.name) or None)

    def get(self, name: str) -> str:
        """What stands in a field of the form."""
        return self.fields.get(name, "")

    def link(self, cursor: str | None = None) -> str:
        """The address of the list from *cursor* on, or of its newest page."""
        fields = self.fields | ({CURSOR.name: cursor} if cursor else {})
        return "?" + urlencode(fields, errors="replace")


def _parted(fields: dict[str, str]) -> dict[str, str]:
    """The form names a webhook as ``namespace/name``, the filter both apart."""
    namespace, slash, name = fields.get("webhook", "").partition("/")
    return fields | {"namespace": namespace, "webhook": name} if slash else fields
