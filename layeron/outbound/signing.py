"""The request that carries an event to an endpoint."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from layeron.outbound.records import EndpointRecord, OutboundEvent
from layeron.request import Request, headers_of
from layeron.signing.rule import Signature
from layeron.signing.sign import sign

USER_AGENT = "Layeron-Webhooks/1"


def signed_request(
    event: OutboundEvent,
    endpoint: EndpointRecord,
    rule: Signature,
    secrets: Sequence[str],
    body: bytes,
    *,
    headers: Sequence[tuple[str, str]],
    now: datetime,
) -> Request:
    """The request, signed anew over the exact bytes it carries.

    Args:
        event: its id is ``webhook-id``, the same in every attempt: receivers tell repeats by it.
        endpoint: where it goes.
        rule: how it is signed.
        secrets: the live ones, newest first; a rule that has room for one signature gets the
            newest.
        body: what is sent.
        headers: fields of the endpoint and of the event, in clear; of two of a name the later.
        now: the time of signing, by the real clock.

    Raises:
        ConfigurationError: the rule cannot be followed, or a secret is no key for it.
    """
    parts = urlsplit(endpoint.url)
    fields = {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": event.event_id,
        **{name.lower(): value for name, value in headers},
    }
    request = Request(
        "POST", endpoint.url, parts.path or "/", parts.query, headers_of(fields.items()), body
    )
    return sign(rule, request, secrets if rule.separator else secrets[:1], now=now)
