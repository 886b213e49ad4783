"""Which events a bulk replay shall be about, as a form says it, in one of four ways."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from api.dashboard.event_query import EventQuery
from api.questions import BadRequestError
from layeron.bulk import DEFAULT_RATE, FAILED, Selection
from layeron.operating_records import BulkReplay
from layeron.records import EventFilter

WAYS: Mapping[str, str] = {
    "dead-letters": "Dead letters",
    "recover": "All that failed since a time",
    "missing": "What an endpoint lacks",
    "filter": "Any filter",
}
FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    "dead-letters": ("webhook", "type", "since", "until"),
    "recover": ("webhook", "since", "until"),
    "missing": ("webhook", "endpoint", "since", "until"),
    "filter": (
        "webhook", "type", "status", "direction", "since", "until", "http_status", "user_id",
        "search", "external_id",
    ),
}  # fmt: skip
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class BulkQuery:
    """What was typed, and what it means.

    Attributes:
        way: one of `WAYS`.
        fields: as typed, without those left blank.
        selection: None while something is missing.
        mistake: what is missing or wrong; None as long as nothing was asked.
    """

    way: str
    fields: dict[str, str]
    selection: Selection | None = None
    mistake: str | None = None

    @classmethod
    def of(cls, typed: Mapping[str, str], *, asked: bool) -> "BulkQuery":
        """Read it.

        Args:
            typed: the fields of the form.
            asked: whether they were sent to be counted, rather than to begin with.
        """
        way = typed.get("way", "")
        way = way if way in WAYS else next(iter(WAYS))
        texts = {name: typed.get(name, "").strip()[:_LONGEST] for name in FIELDS_OF[way]}
        fields = {name: text for name, text in texts.items() if text}
        if not asked:
            return cls(way, fields)
        needed = {"recover": ("since",), "missing": ("webhook", "endpoint", "since")}.get(way, ())
        if lacking := [name for name in needed if name not in fields]:
            return cls(way, fields, None, f"say {' and '.join(lacking)}")
        fixed = {"status": "dead_letter"} if way == "dead-letters" else {}
        plain = {name: text for name, text in fields.items() if name != "endpoint"}
        query = EventQuery.of(plain, **fixed)
        if query.mistake:
            return cls(way, fields, None, query.mistake)
        return cls(way, fields, _selection(way, query.where, fields))

    def get(self, name: str) -> str:
        """What stands in a field of the form."""
        return self.fields.get(name, "")

    def link_to(self, way: str) -> str:
        """The address of the form for another way, with what both have."""
        kept = {name: text for name, text in self.fields.items() if name in FIELDS_OF[way]}
        return "?" + urlencode({"way": way, **kept}, errors="replace")

    def before(self, at: datetime) -> dict[str, str]:
        """The fields, up to a time: what was counted then is what will be replayed."""
        return {"until": at.isoformat(), **self.fields}


def _selection(way: str, where: EventFilter, fields: Mapping[str, str]) -> Selection:
    if way == "recover":
        return Selection(where, FAILED)
    if way == "missing":
        return Selection(where, endpoint=fields["endpoint"])
    return Selection(where)


def rate_of(text: str | None) -> float:
    """How many events in a second, as a form says it.

    Raises:
        BadRequestError: it is no number.
    """
    if not text:
        return DEFAULT_RATE
    try:
        return float(text)
    except ValueError:
        raise BadRequestError(f"{text[:40]!r} is no rate; write one such as 10") from None


def about(bulk: BulkReplay) -> list[tuple[str, str]]:
    """Which events a bulk replay is about, in words."""
    if bulk.event_ids is not None:
        return [("Events", f"{len(bulk.event_ids)} chosen by their ids")]
    where = bulk.where or EventFilter()
    webhook = f"{where.namespace or 'any'}/{where.webhook or 'any'}"
    told: dict[str, str | None] = {
        "Endpoint": bulk.endpoint_id and f"{bulk.endpoint_id}: what it wants and has not taken",
        "Status": ", ".join(bulk.statuses or ([where.status] if where.status else [])),
        "Webhook": webhook if where.namespace or where.webhook else None,
        "Direction": where.direction,
        "Type": where.event_type,
        "Search": where.search,
        "Provider's id": where.external_event_id,
        "HTTP status": str(where.http_status or ""),
        "Customer": where.user_id,
        "Since": _moment(where.since),
        "Until": _moment(where.until),
    }
    return [(name, text) for name, text in told.items() if text]


def _moment(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None
