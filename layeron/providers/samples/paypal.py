"""PayPal's event notifications: https://developer.paypal.com/api/rest/webhooks/event-names/."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """A notification of any type, about the resource that its name says."""
    kind = event_type.rpartition(".")[0] or event_type
    name, details = _RESOURCES.get(kind, (kind.rpartition(".")[2].lower(), {}))
    resource: Json = {
        "id": fresh_id(size=16).upper(),
        "create_time": iso_now(),
        "update_time": iso_now(),
        **details,
    }
    payload: Json = {
        "id": f"WH-{fresh_id(size=16).upper()}-{fresh_id(size=16).upper()}",
        "event_version": "1.0",
        "create_time": iso_now(),
        "resource_type": name,
        "resource_version": "2.0",
        "event_type": event_type,
        "summary": f"An example of {event_type}",
        "resource": resource,
        "links": [],
    }
    headers = {
        "content-type": "application/json",
        "user-agent": "PayPal/AUHR-214.0-58443464",
        "paypal-transmission-id": str(uuid4()),
    }
    return Sample(payload, headers)


_AMOUNT: Json = {"currency_code": "EUR", "value": "23.80"}

_RESOURCES: Mapping[str, tuple[str, Mapping[str, Json]]] = {
    "PAYMENT.CAPTURE": (
        "capture",
        {"amount": _AMOUNT, "final_capture": True, "status": "COMPLETED"},
    ),
    "CHECKOUT.ORDER": ("checkout-order", {"intent": "CAPTURE", "status": "APPROVED"}),
    "BILLING.SUBSCRIPTION": (
        "subscription",
        {"plan_id": "P-5ML4271244454362WXNWU5NQ", "status": "ACTIVE"},
    ),
}
"""By the first part of a type: what it is about, and how that looks."""
