"""Plaid's webhooks: https://plaid.com/docs/api/webhooks/."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id


def sample(event_type: str) -> Sample:
    """A webhook of any type and code, such as ``TRANSACTIONS.SYNC_UPDATES_AVAILABLE``."""
    kind, _, code = event_type.rpartition(".")
    payload: Json = {
        "webhook_type": kind or "ITEM",
        "webhook_code": code,
        "item_id": fresh_id(size=36),
        "environment": "sandbox",
        **_DETAILS.get(event_type, {}),
    }
    return Sample(payload, {"content-type": "application/json"})


_DETAILS: Mapping[str, Mapping[str, Json]] = {
    "TRANSACTIONS.SYNC_UPDATES_AVAILABLE": {
        "initial_update_complete": True,
        "historical_update_complete": False,
    },
    "ITEM.ERROR": {
        "error": {
            "error_type": "ITEM_ERROR",
            "error_code": "ITEM_LOGIN_REQUIRED",
            "error_message": "the login details of this item have changed",
            "display_message": None,
        }
    },
    "AUTH.AUTOMATICALLY_VERIFIED": {"account_id": "BxBXxLj1m4HMXBm9WZZmCWVbPjX16EHwv99vp"},
}
