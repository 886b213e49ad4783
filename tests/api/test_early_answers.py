"""An answer arrives although its request has not come whole, and one shape holds for all errors."""

import json

import httpx2
import pytest

from tests.api.serving import connected, head
from tests.support.service import Service

EVENT = "whevt_01M87HX43ACC2282GBSNFBF3Q6"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", f"/api/v1/events/{EVENT}/replay", 401),
        ("PUT", "/api/v1/events", 405),
        ("POST", "/api/v1/nowhere", 404),
    ],
)
async def test_a_refusal_is_heard_before_the_body_is_sent_and_the_connection_stays(
    address: str, method: str, path: str, status: int
) -> None:
    async with connected(address) as connection:
        for _ in range(2):
            length = "content-length: 100000"
            await connection.say(head(length, method=method, path=path, host="localhost"))
            await connection.say(b"x" * 1_000)
            answered, body = await connection.answer()
            assert answered == status
            assert sorted(json.loads(body)["error"]) == ["code", "message"]
            await connection.say(b"x" * 99_000)


async def test_whose_body_never_comes_is_let_go(address: str) -> None:
    async with connected(address) as connection:
        length = "content-length: 100000"
        path = f"/api/v1/events/{EVENT}/replay"
        await connection.say(head(length, path=path, host="localhost"))
        assert (await connection.answer())[0] == 401
        assert await connection.is_ended()


async def test_every_method_of_an_address_is_named(http: httpx2.AsyncClient) -> None:
    allowed = {
        "/api/v1/keys": "GET, HEAD, POST",
        "/api/v1/webhooks/default/x/endpoints/y": "DELETE, GET, HEAD, PATCH",
        f"/api/v1/events/{EVENT}/replay": "POST",
        "/api/v1/webhooks/default/x/events": "POST",
    }
    for path, methods in allowed.items():
        answer = await http.put(path)
        assert answer.status_code == 405
        assert answer.headers["allow"] == methods
        assert answer.json()["error"]["code"] == "method_not_allowed"


async def test_a_body_that_is_too_large_is_413_in_the_one_shape(
    service: Service, http: httpx2.AsyncClient
) -> None:
    key = {"authorization": f"Bearer {service.key}"}
    for path in (f"/api/v1/events/{EVENT}/replay", "/api/v1/keys"):
        answer = await http.post(path, content=b" " * (2**16 + 1), headers=key)
        assert answer.status_code == 413
        assert answer.json()["error"] == {
            "code": "body_too_large",
            "message": "the body is larger than 65536 bytes",
        }


@pytest.mark.parametrize("query", ["x=1", "limit=1", "%00", "="])
async def test_a_parameter_that_means_nothing_is_a_mistake_everywhere(
    service: Service, query: str
) -> None:
    for method, path in (
        ("GET", "/keys"),
        ("GET", "/webhooks"),
        ("POST", f"/events/{EVENT}/replay"),
        ("GET", f"/events/{EVENT}"),
        ("DELETE", "/keys/x"),
    ):
        answer = await service.api(method, f"{path}?{query}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")
