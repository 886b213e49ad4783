"""Webflow's events: https://developers.webflow.com/data/reference/all-events."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """An event of any type, in one site."""
    about: Json = {
        "id": fresh_id(),
        "siteId": "65427cf400e02b306eaa049c",
        "createdOn": iso_now(),
        **_DIFFERENCES.get(event_type, {}),
    }
    payload: Json = {"triggerType": event_type, "payload": about}
    return Sample(payload, {"content-type": "application/json"})


_DIFFERENCES: Mapping[str, Mapping[str, Json]] = {
    "form_submission": {
        "name": "Contact us",
        "formId": "65429eadebe8a9f3a30f62d0",
        "data": {"First name": "Ada", "email": "ada@example.com"},
    },
    "site_publish": {"domains": ["example.webflow.io"], "publishedBy": {"displayName": "Ada"}},
    "collection_item_created": {
        "collectionId": "66f6e966c9e1dc700a857ca3",
        "isDraft": False,
        "fieldData": {"name": "Hello", "slug": "hello"},
    },
}
