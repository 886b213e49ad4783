"""Mailgun: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator, first_of
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import mailgun as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# {"signature": {"timestamp": "1770920772", "token": "e0b54771…", "signature": "12d99f5a…"}, …}
SIGNATURE: SignatureDict = {
    "body_field": "signature.signature",
    "timestamp_body_field": "signature.timestamp",
    "signed_payload": "{timestamp}{body.signature.token}",
}
# What happens in a subaccount is signed by the main account too.
PARENT: SignatureDict = {**SIGNATURE, "body_field": "signature.parent-signature"}
# timestamp=1770920772&token=e0b54771…&signature=12d99f5a…  (forwarded messages, older webhooks)
FORM: SignatureDict = {
    "body_field": "signature",
    "timestamp_body_field": "timestamp",
    "signed_payload": "{timestamp}{body.token}",
}

PROVIDER = Provider(
    name="mailgun",
    event_type=Locator(function=first_of("body.event-data.event", "body.event")),
    event_id=Locator(function=first_of("body.signature.token", "body.token")),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    accepted=Response(),
    sample=samples.sample,
)


def mailgun(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 86_400,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Mailgun: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks.

    The event type is ``event-data.event`` of the body (``delivered``), the event id the signature's
    ``token``: Mailgun asks to honour each token once, and calls the event's own id unique for a day
    only. Mailgun wants just a 200 and tries for eight hours (not confirmed by its own pages), so a
    repeat counts as a duplicate for four days.

    The signature covers its token and time, not the event: only the encrypted connection protects
    that. Forwarded messages are understood as forms, not with attachments (``multipart``).

    Args:
        secret: the account's HTTP webhook signing key; several while it is changed.
        tolerance_seconds: how far the time of signing may be from ours, in both directions. Mailgun
            sets no limit and does not say whether a retry is signed anew; the default lets all
            retries in, and is shorter than repeats count as duplicates.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    shared: SignatureDict = {"secret": secret, "tolerance_seconds": tolerance_seconds}
    others: list[SignatureDict] = [{**PARENT, **shared}, {**FORM, **shared}]
    signature: SignatureDict = {**SIGNATURE, **shared, "also": others}
    return declare_inbound(PROVIDER, signature, options, default_name="mailgun")
