"""Discord's own library is the other side; both kinds of endpoint, and both kinds of ping."""

import json
from dataclasses import replace
from typing import Any

import pytest

from layeron import secret, webhooks
from layeron.answer import answer_of
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.handshakes import handshake, told
from tests.support.node import ask_node
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import ED25519_PRIVATE, ED25519_PUBLIC, with_header

WEBHOOK = webhooks.discord(path="/webhooks/discord", secret=secret("DISCORD_PUBLIC_KEY"))


def test_what_we_sign_is_accepted_by_discords_library() -> None:
    requests = [
        signed_request(WEBHOOK, body, secrets=ED25519_PRIVATE) for body in (None, "é♥", "{}")
    ]
    cases = [
        {
            "key": key,
            "payload": request.body.decode() + change,
            "timestamp": request.headers["x-signature-timestamp"] + later,
            "signature": request.headers["x-signature-ed25519"],
        }
        for key, change, later in (
            (ED25519_PUBLIC, "", ""),
            (ED25519_PUBLIC, " ", ""),
            (ED25519_PUBLIC, "", "0"),
            (bytes(32).hex(), "", ""),
        )
        for request in requests
    ]
    assert ask_node("discord.mjs", cases) == [True] * 3 + [False] * 9


@pytest.mark.parametrize("signature", ["", "zz", "00", "00" * 63, "00" * 64, "00" * 65, "\xff"])
async def test_discords_deliberately_wrong_signatures_are_refused(signature: str) -> None:
    request = signed_request(WEBHOOK, {"type": 1}, secrets=ED25519_PRIVATE)
    wrong = with_header(request, "x-signature-ed25519", signature)
    assert not (await verdict_of(WEBHOOK, wrong, ED25519_PUBLIC)).accepted
    assert await handshake(WEBHOOK, wrong, ED25519_PUBLIC) is None
    early = with_header(request, "x-signature-timestamp")
    verdict = await verdict_of(WEBHOOK, early, ED25519_PUBLIC)
    assert verdict.cause is Cause.MISSING_TIMESTAMP


@pytest.mark.parametrize(
    ("payload", "status", "body"),
    [
        ({"type": 1, "id": "1", "application_id": "2"}, 200, b'{"type": 1}'),
        ({"version": 1, "application_id": "2", "type": 0}, 204, b""),
    ],
    ids=["interactions", "events"],
)
async def test_a_ping_is_answered_as_its_kind_of_endpoint_must(
    payload: dict[str, Any], status: int, body: bytes
) -> None:
    request = signed_request(WEBHOOK, payload, secrets=ED25519_PRIVATE)
    answer = await handshake(WEBHOOK, request, ED25519_PUBLIC)
    assert answer is not None
    assert (answer.status, answer.body) == (status, body)


async def test_an_event_is_no_ping_though_it_is_of_the_same_number() -> None:
    payload = {"type": 1, "event": {"type": "ENTITLEMENT_CREATE", "timestamp": "t"}}
    request = signed_request(WEBHOOK, payload, secrets=ED25519_PRIVATE)
    assert await handshake(WEBHOOK, request, ED25519_PUBLIC) is None
    assert type_and_id(WEBHOOK, request) == ("ENTITLEMENT_CREATE", request.body_sha256)


def test_interactions_are_named_as_discord_names_their_numbers() -> None:
    names = [type_and_id(WEBHOOK, told({"type": each, "id": "8"})) for each in range(2, 7)]
    assert names == [
        ("APPLICATION_COMMAND", "8"),
        ("MESSAGE_COMPONENT", "8"),
        ("APPLICATION_COMMAND_AUTOCOMPLETE", "8"),
        ("MODAL_SUBMIT", "8"),
        (None, "8"),
    ]
    request = replace(told({}), body=b"null")
    assert type_and_id(WEBHOOK, request) == (None, request.body_sha256)


def test_an_event_is_acknowledged_with_204() -> None:
    answer = answer_of(WEBHOOK.provider.accepted)
    assert answer is not None
    assert (answer.status, answer.body) == (204, b"")
    assert json.loads(told({"type": 1}).body) == {"type": 1}
