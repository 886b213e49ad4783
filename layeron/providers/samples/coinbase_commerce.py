"""Coinbase Commerce's events: https://docs.cdp.coinbase.com/commerce/docs/webhooks-events."""

from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """An event of any type, about one charge."""
    code = fresh_id(size=8).upper()
    charge: Json = {
        "id": str(uuid4()),
        "code": code,
        "name": "Tea",
        "description": "200 g of Darjeeling",
        "hosted_url": f"https://commerce.coinbase.com/charges/{code}",
        "created_at": iso_now(),
        "pricing_type": "fixed_price",
        "pricing": {"local": {"amount": "23.80", "currency": "EUR"}},
        "metadata": {},
        "payments": [],
        "timeline": [{"time": iso_now(), "status": "NEW"}],
    }
    payload: Json = {
        "attempt_number": 1,
        "event": {
            "api_version": "2018-03-22",
            "created_at": iso_now(),
            "data": charge,
            "id": str(uuid4()),
            "resource": "event",
            "type": event_type,
        },
        "id": str(uuid4()),
        "scheduled_for": iso_now(),
    }
    return Sample(payload, {"content-type": "application/json"})
