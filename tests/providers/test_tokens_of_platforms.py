"""Platforms that send a token instead of a signature, or before they learnt to sign."""

from dataclasses import replace

import pytest

from layeron import InboundWebhook, secret, webhooks
from layeron.signing.credentials import without_credentials
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

SECRET = secret("S")
TOKEN = "a-token-of-the-sender"
GITLAB = webhooks.gitlab(path="/g", secret=SECRET)
AUTH0 = webhooks.auth0(path="/a", secret=SECRET)


@pytest.mark.parametrize(
    ("webhook", "header", "event_type"),
    [(GITLAB, "x-gitlab-token", "push"), (AUTH0, "authorization", "s")],
    ids=["gitlab", "auth0"],
)
async def test_a_token_is_compared_and_not_kept(
    webhook: InboundWebhook, header: str, event_type: str
) -> None:
    request = signed_request(webhook, event_type=event_type, secrets=TOKEN)
    assert request.headers[header] == TOKEN
    assert (await verdict_of(webhook, request, TOKEN)).status == "verified"
    for wrong in (TOKEN[:-1], f"{TOKEN}x", f"Bearer {TOKEN}", TOKEN.upper(), ""):
        changed = with_header(request, header, wrong)
        assert not (await verdict_of(webhook, changed, TOKEN)).accepted
    assert type_and_id(webhook, request)[0] == event_type
    kept = without_credentials(webhook.signature, request, webhook.provider.secret_headers)
    assert TOKEN not in str(list(kept.headers.items()))


def test_the_log_entries_of_a_request_of_auth0_have_a_type_and_an_id_together() -> None:
    body = '[{"log_id":"1","data":{"type":"s"}},{"log_id":"2","data":{"type":"fp"}}]'
    event_type, event_id = type_and_id(AUTH0, signed_request(AUTH0, body, secrets=TOKEN))
    assert event_type == "batch"
    assert event_id
    assert event_id not in {"1", "2"}


SIGNING_TOKEN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SIGNED = webhooks.gitlab(path="/g", signing_secret=SECRET)
EITHER = webhooks.gitlab(path="/g", secret=secret("TOKEN"), signing_secret=SECRET)


async def test_gitlab_signs_with_a_signing_token() -> None:
    request = signed_request(SIGNED, event_type="merge_request", secrets=SIGNING_TOKEN)
    assert (await verdict_of(SIGNED, request, SIGNING_TOKEN)).status == "verified"
    delivery = request.headers["idempotency-key"]
    assert request.headers["webhook-id"] == delivery
    assert type_and_id(SIGNED, request) == ("merge_request", delivery)
    longer = replace(request, body=request.body + b" ")
    assert (await verdict_of(SIGNED, longer, SIGNING_TOKEN)).cause is Cause.NO_MATCH


async def test_gitlabs_token_alone_is_not_enough_where_it_is_to_sign_and_is_never_kept() -> None:
    request = signed_request(GITLAB, event_type="push", secrets=TOKEN)
    assert not (await verdict_of(SIGNED, request, TOKEN)).accepted
    kept = without_credentials(SIGNED.signature, request, SIGNED.provider.secret_headers)
    assert kept.headers["x-gitlab-token"] == "[redacted]"


async def test_gitlab_may_use_either_while_it_changes_from_one_to_the_other() -> None:
    by_token = signed_request(GITLAB, event_type="push", secrets=TOKEN)
    by_signature = signed_request(SIGNED, event_type="push", secrets=SIGNING_TOKEN)
    assert {each.name for each in EITHER.secrets} == {"S", "TOKEN"}
    with_both = webhooks.gitlab(path="/g", secret=SECRET, signing_secret=SECRET)
    assert (await verdict_of(with_both, by_token, TOKEN)).accepted
    assert (await verdict_of(with_both, by_signature, SIGNING_TOKEN)).accepted
