"""Shopify's deliveries: https://shopify.dev/docs/api/webhooks."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import iso_now, unix_now


def sample(event_type: str) -> Sample:
    """A delivery of any topic, from a shop of tea."""
    kind = event_type.partition("/")[0]
    number = unix_now()
    payload: Json = {
        "id": number,
        "admin_graphql_api_id": f"gid://shopify/{kind.rstrip('s').title()}/{number}",
        "created_at": iso_now(),
        "updated_at": iso_now(),
        **_OBJECTS.get(kind, {}),
    }
    headers = {
        "content-type": "application/json",
        "x-shopify-api-version": "2026-04",
        "x-shopify-event-id": str(uuid4()),
        "x-shopify-shop-domain": "tea-house.myshopify.com",
        "x-shopify-topic": event_type,
        "x-shopify-triggered-at": iso_now(),
        "x-shopify-webhook-id": str(uuid4()),
    }
    return Sample(payload, headers)


_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "orders": {
        "name": "#1001",
        "email": "jon@example.com",
        "currency": "EUR",
        "total_price": "23.80",
        "subtotal_price": "20.00",
        "total_tax": "3.80",
        "financial_status": "paid",
        "fulfillment_status": None,
        "line_items": [
            {
                "id": 466157049,
                "title": "Darjeeling",
                "sku": "TEA-1",
                "quantity": 2,
                "price": "10.00",
            }
        ],
    },
    "products": {
        "title": "Darjeeling",
        "vendor": "Tea House",
        "handle": "darjeeling",
        "status": "active",
        "variants": [{"id": 808950810, "title": "100 g", "sku": "TEA-1", "price": "10.00"}],
    },
    "customers": {"first_name": "Jon", "last_name": "Doe", "email": "jon@example.com"},
    "app": {"name": "tea-house.myshopify.com", "domain": "tea-house.myshopify.com"},
}
