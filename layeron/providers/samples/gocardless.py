"""GoCardless' events: https://developer.gocardless.com/api-reference/#core-endpoints-events."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_LINKS = {"payments": ("payment", "PM"), "mandates": ("mandate", "MD"), "payouts": ("payout", "PO")}
_CAUSES: Mapping[str, str] = {
    "payments.confirmed": "payment_confirmed",
    "payments.failed": "insufficient_funds",
    "mandates.cancelled": "bank_account_closed",
    "payouts.paid": "payout_paid",
}


def sample(event_type: str) -> Sample:
    """A request with one event of any resource and action, such as ``payments.confirmed``."""
    resource, _, action = event_type.partition(".")
    link, prefix = _LINKS.get(resource, (resource.removesuffix("s"), resource[:2].upper()))
    event: Json = {
        "id": fresh_id("EV", 12).upper(),
        "created_at": iso_now(),
        "resource_type": resource,
        "action": action,
        "details": {
            "origin": "gocardless",
            "cause": _CAUSES.get(event_type, event_type.replace(".", "_")),
            "description": f"An example of {event_type}",
        },
        "links": {link: fresh_id(prefix, 12).upper()},
        "metadata": {},
    }
    payload: Json = {"events": [event], "meta": {"webhook_id": fresh_id("WB", 12).upper()}}
    return Sample(
        payload,
        {"content-type": "application/json", "user-agent": "gocardless-webhook-service/1.1"},
    )
