"""Auth0's log entries: https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """A request with one log entry, whose code is *event_type*."""
    entry, now = fresh_id("9002", 56), iso_now()
    data: Json = {
        "date": now,
        "type": event_type,
        "description": _DESCRIPTIONS.get(event_type, ""),
        "client_id": "AaiyAPdpYdesoKnqjj8HJqRn4T5titww",
        "client_name": "My application",
        "connection": "Username-Password-Authentication",
        "ip": "203.0.113.7",
        "user_id": "auth0|5f7c8ec7c33c6c004bbafe82",
        "user_name": "ada@example.com",
        "log_id": entry,
        "tenant_name": "example",
    }
    payload: Json = [{"log_id": entry, "data": data}]
    return Sample(payload, {"content-type": "application/json"})


_DESCRIPTIONS: Mapping[str, str] = {
    "s": "Successful login",
    "ss": "Successful signup",
    "fp": "Wrong email or password",
}
