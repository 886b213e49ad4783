"""The reference SDK of Standard Webhooks, and Svix's, are the other side, both ways."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
import standardwebhooks
import svix
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from layeron import secret, webhooks
from layeron.request import Request
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WEBHOOK = webhooks.standard(path="/webhooks/standard", secret=secret("STANDARD_SECRET"))
BODY = '{"type": "contact.created", "data": {"id": "1f81eb52", "name": "Zoë"}}'

_PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = "whpk_" + base64.b64encode(_PRIVATE.public_key().public_bytes_raw()).decode()
PRIVATE_KEY = "whsk_" + base64.b64encode(bytes(range(32))).decode()


class Sdk(Protocol):
    def sign(self, msg_id: str, timestamp: datetime, data: str) -> str: ...

    def verify(self, data: bytes | str, headers: dict[str, str]) -> object: ...


every_sdk = pytest.mark.parametrize(
    "sdk", [standardwebhooks.Webhook(SECRET), svix.Webhook(SECRET)], ids=["reference", "svix"]
)


def signed_by(sdk: Sdk, body: str = BODY, at: datetime | None = None) -> Request:
    at = at or datetime.now(UTC)
    request = signed_request(WEBHOOK, body, secrets=SECRET, now=at)
    signature = sdk.sign(request.headers["webhook-id"], at, body)
    return with_header(request, "webhook-signature", signature)


@every_sdk
async def test_what_an_sdk_signs_is_accepted(sdk: Sdk) -> None:
    request = signed_by(sdk)
    assert (await verdict_of(WEBHOOK, request, SECRET)).status == "verified"
    assert type_and_id(WEBHOOK, request) == ("contact.created", request.headers["webhook-id"])


@every_sdk
def test_what_we_sign_is_accepted_by_an_sdk(sdk: Sdk) -> None:
    request = signed_request(WEBHOOK, event_type="contact.created", secrets=SECRET)
    sdk.verify(request.body, dict(request.headers))


@every_sdk
async def test_what_an_sdk_refuses_is_refused(sdk: Sdk) -> None:
    request = signed_by(sdk)
    signature = request.headers["webhook-signature"]
    for changed in (
        replace(request, body=request.body + b" "),
        with_header(request, "webhook-id", "msg_2"),
        with_header(request, "webhook-id"),
        with_header(request, "webhook-timestamp", str(int(datetime.now(UTC).timestamp()) - 1)),
        with_header(request, "webhook-timestamp"),
        with_header(request, "webhook-signature", signature.replace("v1,", "v2,")),
        with_header(request, "webhook-signature"),
        signed_by(sdk, at=datetime.now(UTC) - timedelta(minutes=6)),
        signed_by(sdk, at=datetime.now(UTC) + timedelta(minutes=6)),
    ):
        assert not (await verdict_of(WEBHOOK, changed, SECRET)).accepted
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            sdk.verify(changed.body, dict(changed.headers))


async def test_svixs_published_example_is_accepted() -> None:
    # "Verifying webhooks manually" of Svix's documentation.
    body = '{"test": 2432232314}'
    at = datetime.fromtimestamp(1614265330, UTC)
    request = signed_request(
        WEBHOOK,
        body,
        secrets=SECRET,
        headers={"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek"},
        now=at,
    )
    assert request.headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert (await verdict_of(WEBHOOK, request, SECRET, now=at)).accepted


@every_sdk
async def test_one_right_signature_among_several_is_enough(sdk: Sdk) -> None:
    request = signed_by(sdk)
    right = request.headers["webhook-signature"]
    wrong = "v1," + base64.b64encode(bytes(32)).decode()
    for text in (f"{wrong} {right}", f"{right} {wrong}", f"v1a,AAAA {right}", f"v2,junk {right} "):
        changed = with_header(request, "webhook-signature", text)
        assert (await verdict_of(WEBHOOK, changed, SECRET)).accepted


async def test_an_asymmetric_signature_is_verified_with_the_senders_public_key() -> None:
    request = signed_request(WEBHOOK, BODY, secrets=PRIVATE_KEY)
    assert request.headers["webhook-signature"].startswith("v1a,")
    assert (await verdict_of(WEBHOOK, request, PUBLIC_KEY)).accepted
    changed = replace(request, body=b"{}")
    assert (await verdict_of(WEBHOOK, changed, PUBLIC_KEY)).cause is Cause.NO_MATCH


async def test_a_public_key_is_never_taken_for_a_shared_one() -> None:
    """Anybody knows a public key; who signs with it as if it were secret proves nothing."""
    shared = "whsec_" + PUBLIC_KEY.removeprefix("whpk_")
    forged = signed_request(WEBHOOK, BODY, secrets=shared)
    verdict = await verdict_of(WEBHOOK, forged, PUBLIC_KEY)
    assert not verdict.accepted
    assert verdict.detail == "header 'webhook-signature' holds no 'v1a,' signature"
    assert (await verdict_of(WEBHOOK, forged, shared)).accepted


async def test_hostile_headers_that_make_the_reference_sdk_raise_other_errors_are_refused() -> None:
    request = signed_by(standardwebhooks.Webhook(SECRET))
    for text in ("no comma", "v1,not base64!", "v1,AAA", "v1,a,b"):
        changed = with_header(request, "webhook-signature", text)
        verdict = await verdict_of(WEBHOOK, changed, SECRET)
        assert verdict.cause is Cause.MALFORMED_SIGNATURE
