"""What a bulk replay may be asked with."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from api.questions import AtMost, Question, time_of
from layeron.bulk import DEFAULT_RATE, FAILED, FASTEST, SLOWEST, Selection
from layeron.records import Direction, EventFilter, EventStatus

_LONGEST = 500
_WAYS = ("where", "event_ids", "recover", "missing")


def _time_of(value: object) -> datetime:
    return time_of(value if isinstance(value, str) else "")


Time = Annotated[datetime, BeforeValidator(_time_of)]
Text = Annotated[str, AtMost(_LONGEST)]


class FilterQuestion(Question):
    """A filter of events; something must be said in it.

    Attributes:
        direction: received or sent.
        namespace: of this namespace.
        webhook: of the webhooks of this name.
        status: in this status, or in one of several.
        type: of this type, or of a group such as ``invoice.*``.
        external_id: with this id of the provider's.
        search: a beginning of the type or of the provider's id, or a whole id of an event.
        since: received at this time or later.
        until: received before this time.
        http_status: the latest answer of an endpoint had this status.
        user_id: sent for this customer.
    """

    direction: Direction | None = None
    namespace: Text | None = None
    webhook: Text | None = None
    status: EventStatus | Annotated[list[EventStatus], Field(min_length=1)] | None = None
    type: Text | None = None
    external_id: Text | None = None
    search: Text | None = None
    since: Time | None = None
    until: Time | None = None
    http_status: Annotated[int, Field(ge=100, le=599)] | None = None
    user_id: Text | None = None

    def selection(self) -> Selection:
        """The events that it finds."""
        statuses = self.status if isinstance(self.status, list) else None
        where = EventFilter(
            direction=self.direction,
            namespace=self.namespace,
            webhook=self.webhook,
            status=None if isinstance(self.status, list) else self.status,
            event_type=self.type,
            external_event_id=self.external_id,
            search=self.search,
            since=self.since,
            until=self.until,
            http_status=self.http_status,
            user_id=self.user_id,
        )
        return Selection(where, statuses)


class RecoverQuestion(Question):
    """What failed since a time: dead letters, failed and held events.

    Attributes:
        since: received at this time or later.
        namespace: of this namespace.
        webhook: of the webhooks of this name; without it, of all.
    """

    since: Time
    namespace: Text | None = None
    webhook: Text | None = None

    def selection(self) -> Selection:
        """The events that failed."""
        where = EventFilter(namespace=self.namespace, webhook=self.webhook, since=self.since)
        return Selection(where, FAILED)


class MissingQuestion(Question):
    """What an endpoint wants and has not taken, such as from before it was created.

    Attributes:
        endpoint: its name or id; nothing is sent to others.
        webhook: that sends to it.
        namespace: of the webhook.
        since: sent at this time or later.
        until: sent before this time.
    """

    endpoint: Text
    webhook: Text
    namespace: Text = "default"
    since: Time
    until: Time | None = None

    def selection(self) -> Selection:
        """The endpoint's gaps."""
        where = EventFilter(
            namespace=self.namespace, webhook=self.webhook, since=self.since, until=self.until
        )
        return Selection(where, endpoint=self.endpoint)


class BulkQuestion(Question):
    """Which events are replayed, in exactly one of four ways, and how.

    Attributes:
        where: those of a filter.
        event_ids: these; at most 10,000.
        recover: those that failed since a time.
        missing: those that an endpoint wants and has not taken.
        rate_per_second: so many in a second at most.
        requested_by: who asked, besides the holder of the key.
        reason: why; kept on the record of each replay.
        idempotency_key: the same key gives the same bulk replay, which starts once.
        dry_run: only count them.
    """

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [way]} for way in _WAYS]},
    )

    where: FilterQuestion | None = None
    event_ids: list[str] | None = None
    recover: RecoverQuestion | None = None
    missing: MissingQuestion | None = None
    rate_per_second: Annotated[float, Field(ge=SLOWEST, le=FASTEST)] = DEFAULT_RATE
    requested_by: Text | None = None
    reason: Text | None = None
    idempotency_key: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _is_one_way(self) -> Self:
        if sum(getattr(self, way) is not None for way in _WAYS) != 1:
            raise ValueError(f"give one of {', '.join(_WAYS)}")
        return self

    @property
    def selection(self) -> Selection:
        """Which events."""
        for way in (self.where, self.recover, self.missing):
            if way is not None:
                return way.selection()
        return Selection(event_ids=self.event_ids)
