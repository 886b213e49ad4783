"""What a sender is answered, case by case."""

from typing import Any

import httpx2
import pytest

from tests.api.sending import UNAUTHORIZED, accepted, fresh, post
from tests.support.service import Service
from tests.support.vendor import SECRET


async def test_a_new_event_is_accepted_and_its_repeat_is_a_duplicate(
    http: httpx2.AsyncClient,
) -> None:
    payload = fresh()
    event_id = await accepted(http, payload)
    repeat = await post(http, payload)
    assert repeat.status_code == 202
    assert repeat.json() == {"event_id": event_id, "status": "duplicate"}


async def test_a_request_that_is_not_signed_is_refused_in_general_words(
    http: httpx2.AsyncClient,
) -> None:
    answer = await post(http, fresh(), headers={"x-signature": "00"})
    assert answer.status_code == 401
    assert answer.json() == UNAUTHORIZED


@pytest.mark.parametrize("path", ["/", "/webhooks", "/webhooks/vendor/", "/webhooks/other", "/%00"])
async def test_an_unknown_path_is_not_found(http: httpx2.AsyncClient, path: str) -> None:
    answer = await post(http, fresh(), path=path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_a_wrong_method_is_told_the_right_one(http: httpx2.AsyncClient, method: str) -> None:
    answer = await http.request(method, "/webhooks/vendor")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


async def test_a_body_over_the_limit_is_too_large(
    http: httpx2.AsyncClient, service: Service
) -> None:
    answer = await post(http, body=b"x" * (service.settings.max_body + 1))
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "body_too_large"


async def test_a_sender_that_waits_is_answered_by_the_handler(http: httpx2.AsyncClient) -> None:
    answer = await post(http, fresh(answer={"challenge": 7}), path="/webhooks/answering")
    assert answer.status_code == 200
    assert answer.json() == {"challenge": 7}


@pytest.mark.parametrize(
    "response",
    [
        {"headers": {"x-split": "a\r\nset-cookie: b=c"}},
        {"headers": {"x-nul": "\0"}},
        {"headers": {"x y": "1"}},
        {"headers": {"": "1"}},
        {"headers": {"x-emoji": "😀"}},
        {"headers": {"x-number": 1}},
        {"headers": {"Content-Length": "1"}},
        {"headers": {"Transfer-Encoding": "chunked"}},
        {"status": 204, "body": "a body"},
        {"status": 100},
        {"status": 700},
        {"status": "200"},
        {"body": "x" * 300_000},
    ],
    ids=lambda response: repr(response)[:50],
)
async def test_a_response_that_cannot_be_sent_is_noted_and_the_event_succeeds(
    service: Service, http: httpx2.AsyncClient, response: dict[str, Any]
) -> None:
    answer = await post(http, fresh(response=response), path="/webhooks/answering")
    assert answer.status_code == 200
    record = await service.settled(answer.json()["event_id"])
    assert record.status == "succeeded"
    assert "the handler's re" in (record.attempts[0].note or "")


async def test_a_response_of_ones_own_is_sent_as_it_is(http: httpx2.AsyncClient) -> None:
    described = {"status": 418, "body": {"tea": "é"}, "headers": {"X-Pot": "short", "ETag": '"1"'}}
    answer = await post(http, fresh(response=described), path="/webhooks/answering")
    assert (answer.status_code, answer.json()) == (418, {"tea": "é"})
    assert (answer.headers["x-pot"], answer.headers["etag"]) == ("short", '"1"')
    empty = await post(http, fresh(response={"status": 204}), path="/webhooks/answering")
    assert (empty.status_code, empty.content) == (204, b"")


async def test_too_many_header_fields_are_refused(http: httpx2.AsyncClient) -> None:
    many = {f"x-{number}": "1" for number in range(300)}
    assert (await post(http, fresh(), headers=many)).status_code == 431


async def test_too_large_header_fields_are_refused(http: httpx2.AsyncClient) -> None:
    large = {f"x-{number}": "1" * 20_000 for number in range(7)}
    assert (await post(http, fresh(), headers=large)).status_code == 431


async def test_too_long_an_address_is_refused(http: httpx2.AsyncClient) -> None:
    path = "/webhooks/vendor?q=" + "1" * 60_000
    assert (await post(http, fresh(), path=path)).status_code == 202
    long = {f"x-{number}": "1" * 20_000 for number in range(4)}
    assert (await post(http, fresh(), path=path, headers=long)).status_code == 431


async def test_no_answer_holds_a_secret(http: httpx2.AsyncClient) -> None:
    for answer in (await post(http, fresh()), await post(http, {}, headers={"x-signature": "0"})):
        assert SECRET not in answer.text + repr(answer.headers)
