"""HubSpot's own SDK is the other side, both ways."""

import time
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from layeron import secret, webhooks
from layeron.request import Request
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

SDK: Any = import_module("hubspot.utils.signature").Signature  # untyped
REFUSALS: Any = import_module("hubspot.exceptions")
KEY = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URL = "https://hooks.example.com/webhooks/hubspot"
WEBHOOK = webhooks.hubspot(url=URL, secret=secret("HUBSPOT_CLIENT_SECRET"))
SIGNATURE, TIMESTAMP = "x-hubspot-signature-v3", "x-hubspot-request-timestamp"
BODY = '[{"eventId":1,"subscriptionType":"contact.creation","subscriptionId":2,"occurredAt":3}]'


def signed_by_hubspot(body: str = BODY, at: float | None = None) -> Request:
    moment = str(int((time.time() if at is None else at) * 1000))
    signature = SDK.get_signature(KEY, body, "v3", URL, "POST", moment)
    request = signed_request(WEBHOOK, body, secrets=KEY)
    return with_header(with_header(request, TIMESTAMP, moment), SIGNATURE, signature)


def hubspot_accepts(request: Request, key: str = KEY) -> bool:
    accepted: bool = SDK.is_valid(
        request.headers.get(SIGNATURE, ""),
        key,
        request.body.decode(),
        request.url,
        request.method,
        "v3",
        request.headers.get(TIMESTAMP),
    )
    return accepted


async def test_what_hubspots_sdk_signs_is_accepted() -> None:
    request = signed_by_hubspot()
    assert (await verdict_of(WEBHOOK, request, KEY)).status == "verified"
    assert type_and_id(WEBHOOK, request) == ("contact.creation", "1:2:3")


@pytest.mark.parametrize("event_type", ["contact.creation", "deal.propertyChange"])
def test_what_we_sign_is_accepted_by_hubspots_sdk(event_type: str) -> None:
    request = signed_request(WEBHOOK, event_type=event_type, secrets=KEY)
    assert hubspot_accepts(request)
    assert not hubspot_accepts(request, "another")


async def test_what_hubspots_sdk_refuses_is_refused() -> None:
    request = signed_by_hubspot()
    for changed in (
        replace(request, body=request.body + b" "),
        replace(request, method="PUT"),
        replace(request, url=f"{URL}/"),
        with_header(request, TIMESTAMP, str(int(time.time() * 1000) + 1)),
        with_header(request, SIGNATURE, request.headers[SIGNATURE][:-2]),
        with_header(request, SIGNATURE),
    ):
        assert not hubspot_accepts(changed)
        assert not (await verdict_of(WEBHOOK, changed, KEY)).accepted


@pytest.mark.parametrize("age", [360, -360])
async def test_a_signature_of_another_time_is_refused(age: int) -> None:
    request = signed_by_hubspot(at=time.time() - age)
    cause = Cause.STALE_TIMESTAMP if age > 0 else Cause.FUTURE_TIMESTAMP
    assert (await verdict_of(WEBHOOK, request, KEY)).cause is cause
    if age > 0:  # the SDK lets the future pass
        with pytest.raises(REFUSALS.InvalidSignatureTimestampError):
            hubspot_accepts(request)


async def test_the_older_signatures_alone_are_not_enough() -> None:
    request = with_header(signed_by_hubspot(), SIGNATURE)
    older = SDK.get_signature(KEY, BODY, "v1")
    request = with_header(request, "x-hubspot-signature", older)
    request = with_header(request, "x-hubspot-signature-version", "v1")
    assert (await verdict_of(WEBHOOK, request, KEY)).cause is Cause.MISSING_SIGNATURE
