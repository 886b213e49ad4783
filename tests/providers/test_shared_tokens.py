"""Okta, Telegram and Figma: a token that tells the provider from a stranger, and their checks."""

import json
from dataclasses import replace

from layeron import secret, webhooks
from layeron.signing.credentials import without_credentials
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.handshakes import asked, handshake, told
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

TOKEN = "a-shared-token"
OKTA = webhooks.okta(path="/okta", secret=secret("OKTA_TOKEN"))
TELEGRAM = webhooks.telegram(path="/telegram", secret=secret("TELEGRAM_TOKEN"))
FIGMA = webhooks.figma(path="/figma", secret=secret("FIGMA_PASSCODE"))


async def test_oktas_verification_is_answered_where_it_carries_the_token() -> None:
    check = asked({}, {"x-okta-verification-challenge": "Me_rShK8JHsTnbyYrWXCEoMGbM_zsZ6k0hLPZ_Pg"})
    answer = await handshake(OKTA, with_header(check, "authorization", TOKEN), TOKEN)
    assert answer is not None
    assert answer.status == 200
    assert json.loads(answer.body) == {"verification": "Me_rShK8JHsTnbyYrWXCEoMGbM_zsZ6k0hLPZ_Pg"}
    forged = with_header(check, "authorization", "other")
    assert await handshake(OKTA, forged, TOKEN) is None
    assert await handshake(OKTA, check, TOKEN) is None


async def test_oktas_token_may_be_in_a_header_of_its_own() -> None:
    webhook = webhooks.okta(path="/okta", secret=secret("OKTA_TOKEN"), header="x-okta-key")
    request = signed_request(webhook, secrets=TOKEN)
    assert request.headers["x-okta-key"] == TOKEN
    assert (await verdict_of(webhook, request, TOKEN)).status == "verified"
    assert TOKEN not in str(without_credentials(webhook.signature, request).headers)


def test_several_events_of_okta_in_one_request_have_an_id_together() -> None:
    def event(uuid: str, kind: str = "user.session.start") -> dict[str, str]:
        return {"uuid": uuid, "eventType": kind}

    def read(*events: dict[str, str]) -> tuple[str | None, str | None]:
        return type_and_id(OKTA, told({"data": {"events": events}}))

    assert read(event("1")) == ("user.session.start", "1")
    kind, both = read(event("1"), event("2"))
    assert kind == "user.session.start"
    assert both not in {None, read(event("12"))[1], read(event("2"), event("1"))[1]}
    assert read(event("1"), event("2", "user.session.end"))[0] == "batch"
    assert read(event("1"), {"eventType": "user.session.start"})[1] is None
    assert read() == (None, None)


async def test_telegrams_token_is_compared_and_never_kept() -> None:
    request = signed_request(TELEGRAM, {"update_id": 7, "poll": {}}, secrets=TOKEN)
    assert type_and_id(TELEGRAM, request) == ("poll", "7")
    assert (await verdict_of(TELEGRAM, request, "another")).cause is Cause.NO_MATCH
    kept = without_credentials(TELEGRAM.signature, request)
    assert TOKEN not in str(kept.headers)
    assert type_and_id(TELEGRAM, replace(request, body=b"[]")) == (None, None)


def test_a_retry_of_figma_is_the_same_event_and_another_file_is_not() -> None:
    def event_id(**fields: object) -> str | None:
        common = {"event_type": "FILE_UPDATE", "timestamp": "2020-02-23T20:27:16Z"}
        return type_and_id(FIGMA, told({**common, "file_key": "a", "webhook_id": "22", **fields}))[
            1
        ]

    first = event_id(passcode="old", retries=0)
    assert first
    assert event_id(passcode="new", retries=1) == first
    assert event_id() == first
    assert event_id(file_key="b") != first
    assert event_id(webhook_id="23") != first
