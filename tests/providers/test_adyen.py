"""Adyen's own SDK is the other side, both ways; unlike it, every item is checked."""

import json
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

KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
WEBHOOK = webhooks.adyen(path="/webhooks/adyen", secret=secret("ADYEN_HMAC_KEY"))
SDK: Any = import_module("Adyen.util")  # untyped

# The item of the tests of Adyen's SDKs.
ITEM: dict[str, Any] = {
    "pspReference": "7914073381342284",
    "merchantAccountCode": "TestMerchant",
    "merchantReference": "TestPayment-1407325143704",
    "amount": {"value": 1130, "currency": "EUR"},
    "eventCode": "AUTHORISATION",
    "success": "true",
    "eventDate": "2019-05-06T17:15:34.121+02:00",
    "operations": ["CANCEL", "CAPTURE", "REFUND"],
    "paymentMethod": "visa",
}


def item(key: str = KEY, **changes: Any) -> dict[str, Any]:
    """An item that Adyen's SDK signed."""
    made = {**ITEM, **changes}
    signature = SDK.generate_notification_sig(made, key).decode()
    return {**made, "additionalData": {"hmacSignature": signature}}


def sent(*items: Any) -> Request:
    payload = {
        "live": "false",
        "notificationItems": [{"NotificationRequestItem": i} for i in items],
    }
    return replace(signed_request(WEBHOOK, secrets=KEY), body=json.dumps(payload).encode())


async def test_what_adyens_sdk_signs_is_accepted() -> None:
    published = "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="
    assert item()["additionalData"]["hmacSignature"] == published
    request = sent(item())
    assert (await verdict_of(WEBHOOK, request, KEY)).status == "verified"
    assert type_and_id(WEBHOOK, request) == (
        "AUTHORISATION",
        "7914073381342284:AUTHORISATION:true",
    )
    full = item(originalReference="8313842560770001", merchantReference="Zoë ♥", success="false")
    assert (await verdict_of(WEBHOOK, sent(full), KEY)).accepted


@pytest.mark.parametrize("event_type", ["AUTHORISATION", "REFUND", "REPORT_AVAILABLE"])
def test_what_we_sign_is_accepted_by_adyens_sdk(event_type: str) -> None:
    request = signed_request(WEBHOOK, event_type=event_type, secrets=KEY)
    payload = json.loads(request.body)
    assert SDK.is_valid_hmac_notification(payload, KEY)
    assert not SDK.is_valid_hmac_notification(payload, "00" * 32)
    assert payload["notificationItems"][0]["NotificationRequestItem"]["additionalData"] == {
        "cardSummary": "7777",
        "hmacSignature": item_signature(payload),
    }


def item_signature(payload: Any) -> str:
    only = dict(payload["notificationItems"][0]["NotificationRequestItem"])
    del only["additionalData"]
    signature: str = SDK.generate_notification_sig(only, KEY).decode()
    return signature


@pytest.mark.parametrize(
    "change",
    [
        {"pspReference": "1"},
        {"originalReference": "1"},
        {"merchantAccountCode": "Other"},
        {"merchantReference": "other"},
        {"amount": {"value": 1131, "currency": "EUR"}},
        {"amount": {"value": 1130, "currency": "USD"}},
        {"eventCode": "REFUND"},
        {"success": "false"},
        {"additionalData": {"hmacSignature": ""}},
        {"additionalData": {"hmacSignature": "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo"}},
        {"additionalData": {"hmacSignature": "♥"}},
        {"additionalData": {}},
        {"additionalData": None},
    ],
    ids=str,
)
async def test_a_change_of_what_is_signed_is_refused(change: dict[str, Any]) -> None:
    assert not (await verdict_of(WEBHOOK, sent({**item(), **change}), KEY)).accepted


async def test_an_item_forged_behind_a_true_one_is_refused_though_the_sdk_takes_it() -> None:
    forged = {**item(), "amount": {"value": 1, "currency": "EUR"}}
    request = sent(item(), forged)
    assert SDK.is_valid_hmac_notification(json.loads(request.body), KEY)
    assert not (await verdict_of(WEBHOOK, request, KEY)).accepted
    assert (await verdict_of(WEBHOOK, sent(item(), item(success="false")), KEY)).accepted


async def test_what_is_no_list_of_items_is_refused() -> None:
    bodies: list[Any] = [
        {"notificationItems": []},
        {"notificationItems": "x"},
        {"notificationItems": [{"NotificationRequestItem": item()}, "x"]},
        {"notificationItems": [{"NotificationRequestItem": item()}, {"Other": item()}]},
        [item()],
        "x",
    ]
    for body in bodies:
        request = replace(sent(item()), body=json.dumps(body).encode())
        assert not (await verdict_of(WEBHOOK, request, KEY)).accepted


async def test_a_platforms_event_is_signed_as_a_whole_in_a_header() -> None:
    body = b'{"type":"balancePlatform.transfer.created","data":{"id":"1","note":"Zo\xc3\xab"}}'
    signature = SDK.generate_payload_sig(body, KEY).decode()
    request = with_header(replace(sent(), body=body), "hmacsignature", signature)
    assert (await verdict_of(WEBHOOK, request, KEY)).status == "verified"
    assert type_and_id(WEBHOOK, request)[0] == "balancePlatform.transfer.created"
    altered = replace(request, body=body.replace(b"1", b"2"))
    assert not SDK.is_valid_hmac_payload(signature, KEY, altered.body)
    assert not (await verdict_of(WEBHOOK, altered, KEY)).accepted
    assert (await verdict_of(WEBHOOK, request, "00" * 32)).cause is not None


async def test_a_key_of_another_kind_accepts_nothing() -> None:
    verdict = await verdict_of(WEBHOOK, sent(item()), "no hex")
    assert verdict.cause is Cause.REFUSED_BY_VERIFIER


def test_adyen_is_answered_in_both_of_its_ways() -> None:
    answer = WEBHOOK.provider.accepted
    assert answer is not None
    assert (answer.status, answer.body) == (202, "[accepted]")
