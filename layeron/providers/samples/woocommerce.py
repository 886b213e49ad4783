"""WooCommerce's deliveries: https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks."""

from collections.abc import Mapping
from random import randrange

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """A delivery of any topic, such as ``order.created``."""
    resource, _, event = event_type.partition(".")
    about: dict[str, Json] = {"id": randrange(1, 10**6)}  # noqa: S311  # an id, no secret
    if event != "deleted":
        about |= {**_OBJECTS.get(resource, {}), "date_created_gmt": iso_now().removesuffix("Z")}
    headers = {
        "content-type": "application/json",
        "user-agent": "WooCommerce/9.9.5 Hookshot (WordPress/6.8.1)",
        "x-wc-webhook-delivery-id": fresh_id(size=32),
        "x-wc-webhook-event": event,
        "x-wc-webhook-id": "4",
        "x-wc-webhook-resource": resource,
        "x-wc-webhook-source": "https://shop.example.com/",
        "x-wc-webhook-topic": event_type,
    }
    return Sample(about, headers)


_ADDRESS: Json = {"first_name": "Ada", "last_name": "Example", "city": "Berlin", "country": "DE"}

_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "order": {
        "number": "727",
        "status": "processing",
        "currency": "EUR",
        "total": "29.35",
        "billing": _ADDRESS,
        "line_items": [{"id": 315, "name": "A mug", "product_id": 93, "quantity": 2}],
    },
    "product": {"name": "A mug", "slug": "a-mug", "type": "simple", "price": "12.00"},
    "customer": {"email": "ada@example.com", "role": "customer", "billing": _ADDRESS},
}
