"""Zoom: the scheme of its documentation, and the validation of the address."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest

from layeron import secret, webhooks
from layeron.request import Request
from layeron.testing import signed_request
from tests.support.handshakes import handshake, told
from tests.support.receiving import verdict_of
from tests.support.rules import with_header

SECRET = "PDhVXqxBSHSk-0W1n5sZ3g"
WEBHOOK = webhooks.zoom(path="/webhooks/zoom", secret=secret("ZOOM_SECRET_TOKEN"))


def by_zoom(payload: object) -> Request:
    """Signed as https://github.com/zoom/webhook-sample does."""
    request = told(payload)
    stamp = str(int(time.time()))
    message = f"v0:{stamp}:{request.body.decode()}"
    proof = hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()
    request = with_header(request, "x-zm-request-timestamp", stamp)
    return with_header(request, "x-zm-signature", f"v0={proof}")


def validation(token: Any) -> dict[str, Any]:
    return {
        "event": "endpoint.url_validation",
        "event_ts": 1654503849680,
        "payload": {"plainToken": token},
    }


async def test_what_zooms_sample_signs_is_accepted() -> None:
    request = by_zoom({"event": "meeting.started", "payload": {"object": {"topic": "Größe"}}})
    assert (await verdict_of(WEBHOOK, request, SECRET)).status == "verified"
    ours = signed_request(WEBHOOK, request.body, secrets=SECRET)
    assert ours.headers["x-zm-signature"] == request.headers["x-zm-signature"]


async def test_the_validation_is_answered_with_the_proof_that_zoom_expects() -> None:
    answer = await handshake(WEBHOOK, by_zoom(validation("qgg8vlvZRS6UYooatFL8Aw")), SECRET)
    assert answer is not None
    proof = hmac.new(SECRET.encode(), b"qgg8vlvZRS6UYooatFL8Aw", hashlib.sha256).hexdigest()
    assert answer.status == 200
    assert json.loads(answer.body) == {
        "plainToken": "qgg8vlvZRS6UYooatFL8Aw",
        "encryptedToken": proof,
    }


async def test_during_a_change_the_proof_is_made_with_the_secret_that_zoom_signed_with() -> None:
    both = webhooks.zoom(path="/zoom", secret=[secret("ZOOM_NEW"), secret("ZOOM_OLD")])
    request = by_zoom(validation("qgg8vlvZRS6UYooatFL8Aw"))
    answers = [
        await handshake(WEBHOOK, request, SECRET),
        await handshake(both, request, "new", SECRET),
        await handshake(both, request, SECRET, "old"),
    ]
    assert answers[0] is not None
    assert answers == [answers[0]] * 3


async def test_a_validation_that_zoom_did_not_sign_gets_no_proof() -> None:
    request = by_zoom(validation("qgg8vlvZRS6UYooatFL8Aw"))
    forged = with_header(request, "x-zm-signature", f"v0={'0' * 64}")
    assert await handshake(WEBHOOK, forged, SECRET) is None
    assert await handshake(WEBHOOK, told(validation("qgg8vlvZRS6UYooatFL8Aw")), SECRET) is None


@pytest.mark.parametrize("token", ["v0:1658940994:{}", "", "a" * 129, "a\nb", 5, None, ["a"]])
async def test_nothing_that_looks_like_a_signed_request_is_proved(token: Any) -> None:
    assert await handshake(WEBHOOK, by_zoom(validation(token)), SECRET) is None
