"""Auth0: https://auth0.com/docs/customize/log-streams/custom-log-streams."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.batches import joint_id, shared_type
from layeron.providers.samples import auth0 as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Authorization: the stream's authorization token as it was entered, "Bearer " included if it was
SIGNATURE: SignatureDict = {"header": "authorization", "algorithm": "token"}

PROVIDER = Provider(
    name="auth0",
    event_type=shared_type("", "data.type"),
    event_id=joint_id("", "log_id"),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def auth0(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive the log of Auth0: https://auth0.com/docs/customize/log-streams/custom-log-streams.

    Make a log stream of the kind ``Custom Webhook`` with an authorization token and the content
    format ``JSON Array``: a request carries one log entry or several. The event type is
    ``data.type`` of the entries (``s``: somebody logged in), or ``batch`` where they differ. The
    event id is ``log_id``; of several entries, a digest of all. Auth0 tries up to three times
    more, so a repeat counts as a duplicate for four days without doubt.

    The token proves where a request comes from, but nothing about its body.

    Args:
        secret: the stream's authorization token, exactly as entered there; several while it is
            changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="auth0")
