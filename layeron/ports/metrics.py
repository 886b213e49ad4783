"""Port: metrics. One table says what there is to measure; an adapter keeps the numbers.

No label holds what a sender chose: labels are of the declarations (namespace, webhook) and of our
own words (outcome, cause), so that nobody outside decides how many series there are.
"""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

_QUICK: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LONG: Final = (0.01, 0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0)


@dataclass(frozen=True, slots=True)
class Metric:
    """Something to measure.

    Attributes:
        name: as it is scraped, without the endings that a histogram gets.
        labels: names of the labels each value has.
        help: its meaning and unit.
        buckets: of a histogram: upper bounds, in seconds.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    help: str
    buckets: tuple[float, ...] = ()


_WEBHOOK: Final = ("namespace", "webhook")

RECEIVED: Final = Metric(
    "layeron_events_received_total", "counter", _WEBHOOK, "New events that were made durable."
)
DUPLICATES: Final = Metric(
    "layeron_events_duplicate_total",
    "counter",
    _WEBHOOK,
    "Requests that repeated an event inside its dedupe window.",
)
REJECTED: Final = Metric(
    "layeron_requests_rejected_total",
    "counter",
    (*_WEBHOOK, "cause"),
    "Requests to a webhook that were refused, by cause.",
)
UNAVAILABLE: Final = Metric(
    "layeron_requests_unavailable_total",
    "counter",
    _WEBHOOK,
    "Requests answered 503: nothing could make the event durable, or no secret had a value.",
)
ACK_SECONDS: Final = Metric(
    "layeron_ack_seconds",
    "histogram",
    (*_WEBHOOK, "outcome"),
    "From the whole request read to the decision about it: accepted, waiting (in the inbox),"
    " duplicate, rejected, answered (a handshake) or unavailable.",
    _QUICK,
)
ATTEMPTS: Final = Metric(
    "layeron_attempts_total",
    "counter",
    (*_WEBHOOK, "outcome"),
    "Attempts to handle an event that ended, by outcome.",
)
HANDLER_SECONDS: Final = Metric(
    "layeron_handler_seconds",
    "histogram",
    (*_WEBHOOK, "outcome"),
    "How long an attempt to handle an event took.",
    _LONG,
)
DEAD_LETTERS: Final = Metric(
    "layeron_dead_letters_total",
    "counter",
    (*_WEBHOOK, "direction"),
    "Received events, or deliveries of sent ones, that are out of attempts.",
)
DELIVERIES: Final = Metric(
    "layeron_delivery_attempts_total",
    "counter",
    (*_WEBHOOK, "outcome"),
    "Requests to endpoints that ended: succeeded, or the kind of failure.",
)
DELIVERY_SECONDS: Final = Metric(
    "layeron_delivery_seconds",
    "histogram",
    (*_WEBHOOK, "outcome"),
    "How long a request to an endpoint took.",
    _LONG,
)
DEFERRED: Final = Metric(
    "layeron_deliveries_deferred_total",
    "counter",
    _WEBHOOK,
    "Deliveries put off, as the endpoint is throttled, at its rate limit, or not due yet.",
)
DISABLED: Final = Metric(
    "layeron_endpoints_disabled_total",
    "counter",
    (*_WEBHOOK, "reason"),
    "Endpoints that deliveries have disabled: gone (410), or failing for days.",
)
PART_SECONDS: Final = Metric(
    "layeron_part_seconds",
    "histogram",
    ("part", "operation"),
    "How long calls to engine, database and bucket took, answered or not.",
    _QUICK,
)
PART_REFUSALS: Final = Metric(
    "layeron_part_refusals_total",
    "counter",
    ("part", "operation"),
    "Calls to engine, database and bucket that were refused or not answered in time.",
)
BACKLOG_TASKS: Final = Metric(
    "layeron_backlog_tasks", "gauge", ("work",), "Tasks that wait for a worker, about."
)
BACKLOG_OLDEST: Final = Metric(
    "layeron_backlog_oldest_seconds",
    "gauge",
    ("work",),
    "How long the oldest task has waited for a worker.",
)
UNHANDLED_OLDEST: Final = Metric(
    "layeron_unhandled_oldest_seconds",
    "gauge",
    (),
    "How long ago the oldest event was received that is on record and has not ended.",
)
INBOX_EVENTS: Final = Metric(
    "layeron_inbox_events", "gauge", (), "Events that wait in the inbox for the engine."
)
INBOX_BYTES: Final = Metric("layeron_inbox_bytes", "gauge", (), "Bytes that wait in the inbox.")
INBOX_OLDEST: Final = Metric(
    "layeron_inbox_oldest_seconds",
    "gauge",
    (),
    "How long the oldest event in the inbox has waited.",
)
BULK_REPLAYS: Final = Metric(
    "layeron_bulk_replays", "gauge", ("status",), "Bulk replays that run or are paused."
)
BULK_EVENTS: Final = Metric(
    "layeron_bulk_replay_events",
    "gauge",
    ("progress",),
    "Events of the bulk replays that run or are paused: total, examined, replayed, skipped.",
)
SOURCE_UP: Final = Metric(
    "layeron_source_up",
    "gauge",
    ("source",),
    "Whether the part that gauges are read from answered this scrape (1) or not (0).",
)
BUILD_INFO: Final = Metric(
    "layeron_build_info", "gauge", ("process", "version"), "What runs here: always 1."
)

TABLE: Final = (
    RECEIVED, DUPLICATES, REJECTED, UNAVAILABLE, ACK_SECONDS,
    ATTEMPTS, HANDLER_SECONDS, DEAD_LETTERS,
    DELIVERIES, DELIVERY_SECONDS, DEFERRED, DISABLED,
    PART_SECONDS, PART_REFUSALS,
    BACKLOG_TASKS, BACKLOG_OLDEST, UNHANDLED_OLDEST,
    INBOX_EVENTS, INBOX_BYTES, INBOX_OLDEST,
    BULK_REPLAYS, BULK_EVENTS, SOURCE_UP, BUILD_INFO,
)  # fmt: skip
"""All there is."""


class Metrics(Protocol):
    """Keeps numbers in memory; nothing here waits or fails.

    Values of labels come in the order in which the metric names them.
    """

    def count(self, metric: Metric, *labels: str, amount: float = 1) -> None:
        """Add to a counter; 0 makes its series known."""
        ...

    def observe(self, metric: Metric, seconds: float, *labels: str) -> None:
        """Note how long something took."""
        ...


class Silent:
    """Keeps nothing: nobody scrapes this process, or this webhook is not to be counted."""

    def count(self, metric: Metric, *labels: str, amount: float = 1) -> None:
        """Keep nothing."""

    def observe(self, metric: Metric, seconds: float, *labels: str) -> None:
        """Keep nothing."""


SILENT: Final = Silent()
