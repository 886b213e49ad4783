"""The parameters of paths and queries, by name: read and documented by the same data."""

from collections.abc import Mapping
from typing import Any, get_args

from api.doc import Parameter
from layeron.records import Direction, EventStatus

MOST_PER_PAGE = 200

_ULID = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
_TIME = {"type": "string", "format": "date-time"}


def one_of(alias: Any) -> Mapping[str, Any]:
    """The schema of one of the texts of a `Literal`."""
    return {"type": "string", "enum": list(get_args(alias))}


def _id(kind: str) -> Mapping[str, Any]:
    return {"type": "string", "pattern": f"^{kind}_{_ULID}$"}


LIMIT = Parameter(
    "limit",
    "How many a page has at most.",
    {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": 25},
)
CURSOR = Parameter("cursor", "The `next_cursor` of the page before.")
PAGE = (LIMIT, CURSOR)

NAMESPACE = Parameter("namespace", "Of this namespace.")
WEBHOOK = Parameter("webhook", "Of the webhooks of this name.")

EVENT_FILTER = (
    Parameter("direction", "Received (`inbound`) or sent (`outbound`).", one_of(Direction)),
    NAMESPACE,
    WEBHOOK,
    Parameter("status", "In this status.", one_of(EventStatus)),
    Parameter("type", "Of this type, or of a group such as `invoice.*`."),
    Parameter("external_id", "With this id of the provider's."),
    Parameter(
        "search", "A beginning of the type or of the provider's id, or a whole id of an event."
    ),
    Parameter("since", "Received at this time or later.", _TIME),
    Parameter("until", "Received before this time.", _TIME),
    Parameter(
        "http_status",
        "The latest answer of an endpoint had this status.",
        {"type": "integer", "minimum": 100, "maximum": 599},
    ),
    Parameter("user_id", "Sent for this customer."),
)

PATH = {
    each.name: each
    for each in (
        Parameter("event_id", "The id of an event.", _id("whevt")),
        Parameter("rejection_id", "The id of a refused request.", _id("whrej")),
        Parameter("bulk_id", "The id of a bulk replay.", _id("whblk")),
        Parameter("key_id", "The public id of a key."),
        Parameter("namespace", "The namespace of the webhook; `default` if it has no other."),
        Parameter("webhook", "The name of the webhook."),
        Parameter("endpoint", "The name or the id of the endpoint."),
        Parameter("user_id", "The customer, as you call them."),
    )
}
