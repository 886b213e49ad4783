"""Xero's notifications: https://developer.xero.com/documentation/guides/webhooks/overview/."""

from datetime import UTC, datetime
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample


def sample(event_type: str) -> Sample:
    """One event of any type, such as ``INVOICE.UPDATE``: the category, then what happened."""
    category, _, kind = event_type.rpartition(".")
    about = str(uuid4())
    collection = {"CONTACT": "Contacts", "INVOICE": "Invoices"}.get(category, category.title())
    event: Json = {
        "resourceUrl": f"https://api.xero.com/api.xro/2.0/{collection}/{about}",
        "resourceId": about,
        "eventDateUtc": datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds"),
        "eventType": kind,
        "eventCategory": category,
        "tenantId": str(uuid4()),
        "tenantType": "ORGANISATION",
    }
    payload: Json = {
        "events": [event],
        "lastEventSequence": 1,
        "firstEventSequence": 1,
        "entropy": "S0m3r4Nd0mt3xt",
    }
    return Sample(payload, {"content-type": "application/json"})
