"""Sanity's deliveries: https://www.sanity.io/docs/content-lake/webhooks."""

from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """A document that was created, updated or deleted, without a projection."""
    document, now = str(uuid4()), iso_now()
    payload: Json = {
        "_id": document,
        "_type": "post",
        "_rev": fresh_id(size=22),
        "_createdAt": now,
        "_updatedAt": now,
        "title": "Hello",
        "slug": {"_type": "slug", "current": "hello"},
    }
    headers = {
        "content-type": "application/json; charset=utf-8",
        "idempotency-key": fresh_id(size=64),
        "sanity-dataset": "production",
        "sanity-document-id": document,
        "sanity-operation": event_type,
        "sanity-project-id": "a1b2c3d4",
        "sanity-transaction-id": fresh_id(size=22),
        "sanity-transaction-time": now,
        "sanity-webhook-id": "Xyz123AbcDef456",
    }
    return Sample(payload, headers)
