"""The presets of providers that check an address: their examples, and what must be refused."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from layeron import InboundWebhook, secret, webhooks
from layeron.request import Request
from layeron.signing.verdict import Cause
from layeron.signing.writing import json_bytes
from layeron.testing import signed_request
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import ED25519_PRIVATE, ED25519_PUBLIC, with_header

KEY = "a-key-for-the-tests-of-presets"
SECRET = secret("PRESET_SECRET")


@dataclass(frozen=True)
class Preset:
    """A preset and what its provider sends.

    Attributes:
        webhook: as a user declares it.
        types: event types with an example of their own, and one without.
        proof: the header field that proves a request; None where it is in the body.
        covers_body: whether the proof depends on the body.
        has_id: whether anything tells two events apart.
    """

    webhook: InboundWebhook
    types: tuple[str, ...]
    proof: str | None
    covers_body: bool = True
    has_id: bool = True
    signing: str = KEY
    verifying: str = KEY

    def signed(self, event_type: str | None = None, **options: Any) -> Request:
        chosen = event_type or self.types[0]
        return signed_request(self.webhook, event_type=chosen, secrets=self.signing, **options)


PRESETS = {
    "asana": Preset(
        webhooks.asana(path="/a", secret=SECRET),
        ("task.changed", "project.deleted"),
        "x-hook-signature",
    ),
    "discord": Preset(
        webhooks.discord(path="/d", secret=SECRET),
        ("APPLICATION_COMMAND", "MESSAGE_COMPONENT", "ENTITLEMENT_CREATE"),
        "x-signature-ed25519",
        signing=ED25519_PRIVATE,
        verifying=ED25519_PUBLIC,
    ),
    "dropbox": Preset(
        webhooks.dropbox(path="/d", secret=SECRET),
        ("list_folder",),
        "x-dropbox-signature",
        has_id=False,
    ),
    "figma": Preset(
        webhooks.figma(path="/f", secret=SECRET),
        ("FILE_UPDATE", "FILE_COMMENT", "PING"),
        None,
        covers_body=False,
    ),
    "line": Preset(
        webhooks.line(path="/l", secret=SECRET),
        ("message", "postback", "follow"),
        "x-line-signature",
    ),
    "meta": Preset(
        webhooks.meta(path="/m", secret=SECRET),
        ("page.feed", "page.messaging", "instagram.comments", "user.photos"),
        "x-hub-signature-256",
    ),
    "monday": Preset(
        webhooks.monday(path="/m", secret=SECRET),
        ("update_column_value", "create_pulse", "delete_pulse"),
        "authorization",
        covers_body=False,
    ),
    "notion": Preset(
        webhooks.notion(path="/n", secret=SECRET),
        ("page.content_updated", "comment.created", "data_source.schema_updated"),
        "x-notion-signature",
    ),
    "okta": Preset(
        webhooks.okta(path="/o", secret=SECRET),
        ("user.lifecycle.create", "group.user_membership.add"),
        "authorization",
        covers_body=False,
    ),
    "slack": Preset(
        webhooks.slack(path="/s", secret=SECRET),
        ("app_mention", "message", "reaction_added", "team_join"),
        "x-slack-signature",
    ),
    "telegram": Preset(
        webhooks.telegram(path="/t", secret=SECRET),
        ("message", "callback_query", "edited_message"),
        "x-telegram-bot-api-secret-token",
        covers_body=False,
    ),
    "twitch": Preset(
        webhooks.twitch(path="/t", secret=SECRET),
        ("stream.online", "channel.follow", "channel.cheer", "revocation"),
        "twitch-eventsub-message-signature",
    ),
    "whatsapp": Preset(
        webhooks.whatsapp(path="/w", secret=SECRET),
        ("messages", "statuses", "message_template_status_update"),
        "x-hub-signature-256",
    ),
    "x": Preset(
        webhooks.x(path="/x", secret=SECRET),
        ("tweet_create_events", "direct_message_events", "profile.update.bio"),
        "x-twitter-webhooks-signature",
    ),
    "xero": Preset(
        webhooks.xero(path="/x", secret=SECRET),
        ("INVOICE.UPDATE", "CONTACT.CREATE"),
        "x-xero-signature",
    ),
    "zoom": Preset(
        webhooks.zoom(path="/z", secret=SECRET),
        ("meeting.started", "meeting.participant_joined", "recording.completed", "user.created"),
        "x-zm-signature",
    ),
}
every_preset = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
every_type = pytest.mark.parametrize(
    ("preset", "event_type"),
    [(preset, each) for preset in PRESETS.values() for each in preset.types],
    ids=[f"{name} {each}" for name, preset in PRESETS.items() for each in preset.types],
)


@every_type
async def test_an_example_is_accepted_and_read(preset: Preset, event_type: str) -> None:
    request = preset.signed(event_type)
    assert (await verdict_of(preset.webhook, request, preset.verifying)).status == "verified"
    found_type, found_id = type_and_id(preset.webhook, request)
    assert found_type == event_type
    assert bool(found_id) == preset.has_id


@every_type
def test_an_example_is_json_with_ids_of_its_own(preset: Preset, event_type: str) -> None:
    first, second = (preset.signed(event_type) for _ in range(2))
    assert isinstance(json.loads(first.body), dict)
    assert first.headers["content-type"].startswith("application/json")
    assert first.body != second.body
    if preset.has_id:
        assert type_and_id(preset.webhook, first) != type_and_id(preset.webhook, second)


@pytest.mark.parametrize("name", [name for name, each in PRESETS.items() if each.covers_body])
async def test_a_request_whose_body_was_changed_is_refused(name: str) -> None:
    preset = PRESETS[name]
    request = preset.signed()
    for body in (request.body + b" ", request.body[:-1], request.body.replace(b":", b": ", 1)):
        changed = replace(request, body=body)
        verdict = await verdict_of(preset.webhook, changed, preset.verifying)
        assert verdict.cause is Cause.NO_MATCH


@every_preset
async def test_a_request_by_another_key_is_refused(preset: Preset) -> None:
    stranger = bytes(32).hex() if preset.signing == ED25519_PRIVATE else "another"
    forged = signed_request(preset.webhook, event_type=preset.types[0], secrets=stranger)
    assert not (await verdict_of(preset.webhook, forged, preset.verifying)).accepted


@every_preset
async def test_a_spoilt_proof_is_refused(preset: Preset) -> None:
    request = preset.signed()
    if preset.proof is None:
        for passcode in (f"{KEY}x", KEY[:-1], KEY.upper(), "", None, [KEY]):
            body = json_bytes({**json.loads(request.body), "passcode": passcode})
            spoilt = replace(request, body=body)
            assert not (await verdict_of(preset.webhook, spoilt, preset.verifying)).accepted
        return
    proof = request.headers[preset.proof]
    for text in (proof[:-2], proof[1:], f"{proof}00", proof.swapcase(), "", "\xe9"):
        spoilt = with_header(request, preset.proof, text)
        assert not (await verdict_of(preset.webhook, spoilt, preset.verifying)).accepted
    spoilt = with_header(request, preset.proof)
    verdict = await verdict_of(preset.webhook, spoilt, preset.verifying)
    assert verdict.cause in {Cause.MISSING_SIGNATURE, Cause.REFUSED_BY_VERIFIER}


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("slack", 301), ("zoom", 301), ("twitch", 601), ("discord", 901), ("monday", 301)],
)
async def test_a_request_that_was_kept_back_is_refused(name: str, seconds: int) -> None:
    preset = PRESETS[name]
    now = datetime.now(UTC)
    request = preset.signed(now=now - timedelta(seconds=seconds))
    assert not (await verdict_of(preset.webhook, request, preset.verifying, now=now)).accepted
    in_time = now - timedelta(seconds=2)
    assert (await verdict_of(preset.webhook, request, preset.verifying, now=in_time)).accepted
