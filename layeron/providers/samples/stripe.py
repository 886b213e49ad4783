"""Stripe's snapshot events: https://docs.stripe.com/api/events/object."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now

_HEADERS = {
    "content-type": "application/json; charset=utf-8",
    "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
}


def sample(event_type: str) -> Sample:
    """An event of any type, about an object of the kind that the type begins with."""
    kind = event_type.rpartition(".")[0] or event_type
    created = unix_now()
    about: dict[str, Json] = {
        "id": fresh_id(f"{_PREFIXES.get(kind, 'obj')}_"),
        "object": kind,
        "created": created,
        "livemode": False,
        "metadata": {},
        **_OBJECTS.get(kind, {}),
        **_DIFFERENCES.get(event_type, {}),
    }
    payload: Json = {
        "id": fresh_id("evt_"),
        "object": "event",
        "api_version": "2026-04-22.dahlia",
        "created": created,
        "data": {"object": about},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": fresh_id("req_", 14), "idempotency_key": None},
        "type": event_type,
    }
    return Sample(payload, _HEADERS)


_PREFIXES: Mapping[str, str] = {
    "charge": "ch",
    "checkout.session": "cs_test",
    "customer": "cus",
    "customer.subscription": "sub",
    "invoice": "in",
    "payment_intent": "pi",
    "payout": "po",
}

_CUSTOMER = "cus_Sample0000000001"

_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "charge": {
        "amount": 2380,
        "amount_refunded": 0,
        "captured": True,
        "currency": "eur",
        "customer": _CUSTOMER,
        "paid": True,
        "refunded": False,
        "status": "succeeded",
    },
    "checkout.session": {
        "amount_subtotal": 2000,
        "amount_total": 2380,
        "currency": "eur",
        "customer": _CUSTOMER,
        "customer_details": {"email": "jenny.rosen@example.com", "name": "Jenny Rosen"},
        "mode": "payment",
        "payment_status": "paid",
        "status": "complete",
    },
    "customer": {
        "currency": "eur",
        "delinquent": False,
        "email": "jenny.rosen@example.com",
        "name": "Jenny Rosen",
    },
    "customer.subscription": {
        "cancel_at_period_end": False,
        "collection_method": "charge_automatically",
        "currency": "eur",
        "customer": _CUSTOMER,
        "status": "active",
    },
    "invoice": {
        "amount_due": 2380,
        "amount_paid": 2380,
        "amount_remaining": 0,
        "attempt_count": 1,
        "billing_reason": "subscription_cycle",
        "collection_method": "charge_automatically",
        "currency": "eur",
        "customer": _CUSTOMER,
        "customer_email": "jenny.rosen@example.com",
        "number": "B7E2A1C4-0042",
        "status": "paid",
        "subtotal": 2000,
        "total": 2380,
    },
    "payment_intent": {
        "amount": 2380,
        "amount_received": 2380,
        "capture_method": "automatic",
        "currency": "eur",
        "customer": _CUSTOMER,
        "payment_method_types": ["card"],
        "status": "succeeded",
    },
    "payout": {
        "amount": 150000,
        "automatic": True,
        "currency": "eur",
        "method": "standard",
        "status": "paid",
    },
}

_DIFFERENCES: Mapping[str, Mapping[str, Json]] = {
    "charge.failed": {"captured": False, "paid": False, "status": "failed"},
    "charge.refunded": {"amount_refunded": 2380, "refunded": True},
    "checkout.session.expired": {"payment_status": "unpaid", "status": "expired"},
    "customer.subscription.deleted": {"status": "canceled"},
    "invoice.created": {"amount_paid": 0, "amount_remaining": 2380, "status": "draft"},
    "invoice.finalized": {"amount_paid": 0, "amount_remaining": 2380, "status": "open"},
    "invoice.payment_failed": {"amount_paid": 0, "amount_remaining": 2380, "status": "open"},
    "payment_intent.payment_failed": {"amount_received": 0, "status": "requires_payment_method"},
    "payout.failed": {"failure_code": "account_closed", "status": "failed"},
}
"""How the object of a type differs from the usual one of its kind."""
