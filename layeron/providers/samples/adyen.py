"""Adyen's webhooks: https://docs.adyen.com/development-resources/webhooks/webhook-types."""

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_HEADERS = {"content-type": "application/json"}


def sample(event_type: str) -> Sample:
    """A standard webhook with one item of any event code."""
    item: Json = {
        "additionalData": {"cardSummary": "7777"},
        "amount": {"currency": "EUR", "value": 2380},
        "eventCode": event_type,
        "eventDate": iso_now(),
        "merchantAccountCode": "TeaHouseECOM",
        "merchantReference": "order-1001",
        "operations": ["CANCEL", "CAPTURE", "REFUND"],
        "paymentMethod": "visa",
        "pspReference": fresh_id(size=16).upper(),
        "reason": "033899:7777:03/2030",
        "success": "true",
    }
    payload: Json = {
        "live": "false",
        "notificationItems": [{"NotificationRequestItem": item}],
    }
    return Sample(payload, _HEADERS)
