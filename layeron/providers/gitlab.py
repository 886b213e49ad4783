"""GitLab: https://docs.gitlab.com/user/project/integrations/webhooks/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator, first_of
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers import standard
from layeron.providers.samples import gitlab as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Gitlab-Token: my-secret-token
SIGNATURE: SignatureDict = {"header": "x-gitlab-token", "algorithm": "token"}
# webhook-signature: v1,K5oZfzN9…  (since 2026, for webhooks that have a signing token)
SIGNED: SignatureDict = standard.SIGNATURE

PROVIDER = Provider(
    name="gitlab",
    event_type=Locator(function=first_of("body.object_kind", "body.event_name")),
    event_id=Locator(("header.idempotency-key",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    secret_headers=frozenset({"x-gitlab-token"}),
    sample=samples.sample,
)


def gitlab(
    *,
    secret: Secret | Sequence[Secret] = (),
    signing_secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from GitLab: https://docs.gitlab.com/user/project/integrations/webhook_events/.

    A request proves where it comes from by the secret token it carries, or better by a signature
    with the signing token. Give one of the two; with both, either is enough.

    The event type is ``object_kind`` of the body (``push``, ``merge_request``), of system hooks
    ``event_name``. The event id is the header ``Idempotency-Key``, the same over all tries. A
    repeat counts as a duplicate for four days; GitLab's schedule of retries is not confirmed by
    its own pages.

    Args:
        secret: the webhook's secret token (``X-Gitlab-Token``); several while it is changed.
        signing_secret: its signing token (``whsec_…``); several while it is rotated.
        tolerance_seconds: how far the time of signing may be from ours, in both directions.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    by_token: SignatureDict = {**SIGNATURE, "secret": secret}
    by_signature: SignatureDict = {
        **SIGNED,
        "secret": signing_secret,
        "tolerance_seconds": tolerance_seconds,
    }
    if secret and signing_secret:
        by_signature["also"] = [by_token]
    signature = by_signature if signing_secret else by_token
    return declare_inbound(PROVIDER, signature, options, default_name="gitlab")
