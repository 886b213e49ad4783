"""Shopify's and Mollie's own libraries for Node judge what we sign, and refuse what we refuse."""

import base64
import hashlib
import hmac
from dataclasses import replace

from layeron import secret, webhooks
from layeron.request import Request, headers_of
from layeron.testing import signed_request
from tests.support.libraries import judge_in_node
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

KEY = "a-client-secret"
BODY = '{"id":1,"note":"Zoë ♥"}'
SHOPIFY = webhooks.shopify(path="/shopify", secret=secret("SHOPIFY_CLIENT_SECRET"))
MOLLIE = webhooks.mollie(path="/mollie", secret=secret("MOLLIE_SIGNING_SECRET"))
HMAC = "x-shopify-hmac-sha256"
FIELDS = ("hmac-sha256", "topic", "shop-domain", "api-version", "webhook-id", "event-id")
NAMES = [f"{prefix}{field}" for prefix in ("x-shopify-", "shopify-") for field in FIELDS]
shopify_accepts = judge_in_node("shopify.mjs", **{name: name for name in NAMES})
mollie_accepts = judge_in_node("mollie.mjs", signature="x-mollie-signature")


async def test_what_we_sign_is_accepted_by_shopifys_library_and_changes_by_neither() -> None:
    good = [
        signed_request(SHOPIFY, event_type="orders/create", secrets=KEY),
        signed_request(SHOPIFY, BODY, event_type="app/uninstalled", secrets=KEY),
    ]
    bad = [
        replace(good[0], body=good[0].body + b" "),
        with_header(good[0], HMAC, good[1].headers[HMAC]),
        with_header(good[0], HMAC, good[0].headers[HMAC][:-4]),
        with_header(good[0], HMAC, bytes.hex(base64.b64decode(good[0].headers[HMAC]))),
        with_header(good[0], HMAC),
    ]
    assert shopify_accepts([*good, *bad], KEY) == [True] * len(good) + [False] * len(bad)
    assert shopify_accepts(good, "another") == [False] * len(good)
    for each in good:
        assert (await verdict_of(SHOPIFY, each, KEY)).status == "verified"
        assert not (await verdict_of(SHOPIFY, each, "another")).accepted
    for each in bad:
        assert not (await verdict_of(SHOPIFY, each, KEY)).accepted


async def test_a_delivery_of_shopifys_events_has_the_same_fields_without_the_x() -> None:
    digest = hmac.digest(KEY.encode(), BODY.encode(), hashlib.sha256)
    fields = {
        "hmac-sha256": base64.b64encode(digest).decode(),
        "topic": "Product",
        "shop-domain": "tea-house.myshopify.com",
        "api-version": "unstable",
        "webhook-id": "delivery-1",
        "event-id": "event-1",
    }
    headers = headers_of((f"shopify-{name}", value) for name, value in fields.items())
    request = Request("POST", "https://h.example.com/s", "/s", "", headers, BODY.encode())
    altered = replace(request, body=b"{}")
    assert shopify_accepts([request, altered], KEY) == [True, False]
    assert (await verdict_of(SHOPIFY, request, KEY)).accepted
    assert not (await verdict_of(SHOPIFY, altered, KEY)).accepted
    assert type_and_id(SHOPIFY, request) == ("Product", "delivery-1")


async def test_what_we_sign_is_accepted_by_mollies_library_and_changes_by_neither() -> None:
    signed = signed_request(MOLLIE, event_type="payment-link.paid", secrets=KEY)
    text = signed.headers["x-mollie-signature"]
    bare = with_header(signed, "x-mollie-signature", text.removeprefix("sha256="))
    good = [signed, bare, signed_request(MOLLIE, BODY, secrets=KEY)]
    bad = [
        replace(signed, body=signed.body + b" "),
        with_header(signed, "x-mollie-signature", text[:-2]),
        with_header(signed, "x-mollie-signature", text.replace("sha256=", "sha1=")),
        with_header(signed, "x-mollie-signature"),
    ]
    assert mollie_accepts([*good, *bad], KEY) == [True] * len(good) + [False] * len(bad)
    assert mollie_accepts(good, "another") == [False] * len(good)
    for each in good:
        assert (await verdict_of(MOLLIE, each, KEY)).status == "verified"
    for each in bad:
        assert not (await verdict_of(MOLLIE, each, KEY)).accepted


async def test_while_mollies_secret_is_rotated_either_signature_is_enough() -> None:
    old, new = (
        signed_request(MOLLIE, BODY, secrets=key).headers["x-mollie-signature"]
        for key in ("old", "new")
    )
    request = signed_request(MOLLIE, BODY, secrets="old")
    twice = with_header(request, "x-mollie-signature", old, new)
    joined = with_header(request, "x-mollie-signature", f"{old}, {new}")
    for both in (twice, joined):
        for key in ("old", "new"):
            assert (await verdict_of(MOLLIE, both, key)).accepted
        assert not (await verdict_of(MOLLIE, both, "another")).accepted
