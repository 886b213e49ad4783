"""Paddle's notifications: https://developer.paddle.com/webhooks/overview."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_PREFIXES = {"transaction": "txn", "subscription": "sub", "customer": "ctm", "adjustment": "adj"}


def sample(event_type: str) -> Sample:
    """A notification of any type, about an entity of the kind that the type begins with."""
    kind = event_type.partition(".")[0]
    entity: Json = {
        "id": fresh_id(f"{_PREFIXES.get(kind, kind[:3])}_", 26),
        "created_at": iso_now(),
        "updated_at": iso_now(),
        **_ENTITIES.get(kind, {}),
    }
    payload: Json = {
        "event_id": fresh_id("evt_", 26),
        "event_type": event_type,
        "occurred_at": iso_now(),
        "notification_id": fresh_id("ntf_", 26),
        "data": entity,
    }
    return Sample(payload, {"content-type": "application/json", "user-agent": "Paddle"})


_CUSTOMER = "ctm_01hv6y1jedq4p1n0yqn5ba3ky4"

_ENTITIES: Mapping[str, Mapping[str, Json]] = {
    "transaction": {
        "customer_id": _CUSTOMER,
        "currency_code": "EUR",
        "details": {"totals": {"subtotal": "2000", "tax": "380", "total": "2380"}},
        "items": [],
        "origin": "web",
        "status": "completed",
    },
    "subscription": {
        "billing_cycle": {"frequency": 1, "interval": "month"},
        "currency_code": "EUR",
        "customer_id": _CUSTOMER,
        "items": [],
        "status": "active",
    },
    "customer": {"email": "jo@example.com", "name": "Jo Brown", "status": "active"},
}
