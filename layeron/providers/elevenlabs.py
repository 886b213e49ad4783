"""ElevenLabs: https://elevenlabs.io/docs/overview/administration/webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.handshakes import OK
from layeron.providers.samples import elevenlabs as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# ElevenLabs-Signature: t=1739537297,v0=5257a869…
SIGNATURE: SignatureDict = {
    "header": "elevenlabs-signature",
    "separator": ",",
    "prefix": "v0=",
    "timestamp_prefix": "t=",
    "signed_payload": "{timestamp}.{body}",
}

PROVIDER = Provider(
    name="elevenlabs",
    event_type=Locator(("body.type",)),
    event_id=Locator(
        (
            "body.type",
            "body.data.conversation_id",
        )
    ),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    accepted=OK,
    sample=samples.sample,
)


def elevenlabs(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 1800,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from ElevenLabs: https://elevenlabs.io/docs/overview/administration/webhooks.

    The event type is ``type`` of the body (``post_call_transcription``). ElevenLabs' events
    have no id; type and conversation (``data.conversation_id``) stand for one, and an event
    that is not about a conversation is never taken for a repeat. ElevenLabs does not try
    again, and stops sending after repeated failures (not confirmed by the provider's own
    pages); a repeat counts as a duplicate for four days.

    Args:
        secret: the webhook's shared secret (``wsec_…``); several while it is changed.
        tolerance_seconds: how far the time of signing may be from ours, in both directions;
            ElevenLabs' own libraries allow 30 minutes.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {
        **SIGNATURE,
        "secret": secret,
        "tolerance_seconds": tolerance_seconds,
    }
    return declare_inbound(PROVIDER, signature, options, default_name="elevenlabs")
