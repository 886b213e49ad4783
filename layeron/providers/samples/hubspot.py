"""HubSpot's events: https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide."""

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now


def sample(event_type: str) -> Sample:
    """A request with one event of any type of subscription."""
    event: dict[str, Json] = {
        "eventId": int(fresh_id(size=10), 16),
        "subscriptionId": 25,
        "portalId": 33,
        "appId": 1160452,
        "occurredAt": unix_now() * 1000,
        "subscriptionType": event_type,
        "attemptNumber": 0,
        "objectId": 123,
    }
    if event_type.endswith(".propertyChange"):
        event |= {"propertyName": "email", "propertyValue": "jo@example.com", "changeSource": "CRM"}
    else:
        event |= {"changeFlag": "NEW", "changeSource": "CRM_UI"}
    return Sample([event], {"content-type": "application/json"})
