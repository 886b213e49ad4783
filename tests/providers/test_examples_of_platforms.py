"""The examples of platforms: truly signed, read as the preset says, and new each time."""

import base64
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from layeron import InboundWebhook, Response, secret, webhooks
from layeron.testing import signed_request
from tests.support.receiving import type_and_id, verdict_of

WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SEED = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()
KEYS = {
    "airtable": (base64.b64encode(SEED).decode(),) * 2,
    "telnyx": (base64.b64encode(SEED).decode(), base64.b64encode(PUBLIC).decode()),
}
TYPES = {
    "airtable": ["notification"],
    "auth0": ["s", "fp", "x"],
    "bitbucket": ["repo:push", "pullrequest:created", "pullrequest:fulfilled", "issue:created"],
    "calcom": ["BOOKING_CREATED", "BOOKING_CANCELLED", "OTHER"],
    "calendly": ["invitee.created", "invitee.canceled", "routing_form_submission.created"],
    "clerk": ["user.created", "user.deleted", "organization.created", "session.ended", "x.y"],
    "contentful": ["ContentManagement.Entry.publish", "ContentManagement.Asset.delete", "x"],
    "docusign": ["envelope-completed", "recipient-completed", "envelope-voided"],
    "elevenlabs": ["post_call_transcription", "post_call_audio", "call_initiation_failure", "x"],
    "gitlab": ["push", "tag_push", "issue", "merge_request", "note", "pipeline", "release"],
    "heroku": ["release.create", "build.update", "dyno.update", "app.create"],
    "jira": ["jira:issue_created", "jira:issue_updated", "comment_created", "sprint_started"],
    "linear": ["Issue.create", "Issue.update", "Comment.create", "Project.remove", "Cycle.create"],
    "mux": ["video.asset.ready", "video.asset.errored", "video.live_stream.active", "x"],
    "openai": ["response.completed", "batch.failed", "fine_tuning.job.succeeded", "x"],
    "pagerduty": ["incident.triggered", "incident.resolved", "service.created"],
    "persona": ["inquiry.completed", "verification.passed", "x"],
    "polar": ["order.paid", "order.refunded", "subscription.canceled", "customer.created"],
    "replicate": ["starting", "succeeded", "failed", "canceled"],
    "resend": ["email.delivered", "email.bounced", "email.clicked", "contact.created"],
    "sanity": ["create", "update", "delete"],
    "sentry": ["issue.created", "error.created", "comment.created", "installation.deleted"],
    "svix": ["invoice.paid", "x"],
    "telnyx": ["message.received", "call.initiated", "x"],
    "typeform": ["form_response", "form_response_partial"],
    "vercel": ["deployment.created", "deployment.succeeded", "project.created"],
    "webflow": ["form_submission", "site_publish", "collection_item_created", "x"],
    "woocommerce": ["order.created", "product.deleted", "customer.updated", "action.x"],
    "workos": ["dsync.user.created", "user.updated", "connection.activated", "x.y"],
}


@pytest.mark.parametrize(
    ("preset", "event_type"),
    [(preset, each) for preset, types in TYPES.items() for each in types],
)
async def test_an_example_is_accepted_and_read_and_has_an_id_of_its_own(
    preset: str, event_type: str
) -> None:
    verb: Callable[..., InboundWebhook] = getattr(webhooks, preset)
    webhook = verb(path="/hook", secret=secret("S"))
    signing, verifying = KEYS.get(preset, (WHSEC, WHSEC))
    first, second = (
        signed_request(webhook, event_type=event_type, secrets=signing) for _ in range(2)
    )
    assert (await verdict_of(webhook, first, verifying)).status == "verified"
    found_type, found_id = type_and_id(webhook, first)
    assert (webhook.name, found_type) == (preset, event_type)
    assert found_id
    assert type_and_id(webhook, second)[1] != found_id
    assert json.loads(first.body)
    assert "json" in first.headers["content-type"]


@pytest.mark.parametrize("preset", TYPES)
def test_a_preset_names_its_providers_pages_and_its_window(preset: str) -> None:
    text = getattr(webhooks, preset).__doc__ or ""
    assert "https://" in text
    assert "event type" in text or "of the type" in text
    assert "counts as a duplicate for" in " ".join(text.split()) or preset == "calcom"


@pytest.mark.parametrize(
    ("preset", "payload"),
    [("sentry", {"data": {}}), ("linear", {"type": "Issue"}), ("heroku", {"action": "create"})],
)
def test_a_type_of_which_a_part_is_missing_is_none(preset: str, payload: object) -> None:
    webhook: InboundWebhook = getattr(webhooks, preset)(path="/hook", secret=secret("S"))
    request = signed_request(webhook, payload, event_type="x", secrets=WHSEC)
    assert type_and_id(webhook, request)[0] is None


def test_an_event_of_elevenlabs_without_a_conversation_is_never_a_repeat() -> None:
    webhook = webhooks.elevenlabs(path="/hook", secret=secret("S"))
    request = signed_request(webhook, {"type": "voice_removal_notice"}, secrets=WHSEC)
    assert type_and_id(webhook, request) == ("voice_removal_notice", None)


@pytest.mark.parametrize(
    "preset", ["airtable", "docusign", "elevenlabs", "linear", "telnyx", "webflow", "workos"]
)
def test_a_platform_that_wants_200_is_answered_so(preset: str) -> None:
    webhook: InboundWebhook = getattr(webhooks, preset)(path="/hook", secret=secret("S"))
    assert webhook.provider.accepted == Response(status=200)
