"""A message that Svix delivers: https://docs.svix.com/receiving/introduction."""

from layeron.provider import Sample
from layeron.providers.samples import fresh_id, standard


def sample(event_type: str) -> Sample:
    """A thin message of any type, about one object."""
    return Sample(standard.sample(event_type).payload, headers())


def headers() -> dict[str, str]:
    """What comes with every message that Svix delivers."""
    return {
        "content-type": "application/json",
        "svix-id": fresh_id("msg_", 27),
        "user-agent": "Svix-Webhooks/1.85.0 (sender-9YMgn; +https://www.svix.com/http-sender/)",
    }
