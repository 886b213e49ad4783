"""A Standard Webhooks message: https://github.com/standard-webhooks/standard-webhooks."""

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """A thin message of any type, about one object."""
    payload: Json = {
        "type": event_type,
        "timestamp": iso_now(),
        "data": {"id": fresh_id(f"{event_type.partition('.')[0]}_")},
    }
    return Sample(payload, {"content-type": "application/json", "webhook-id": fresh_id("msg_")})
