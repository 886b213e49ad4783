"""What the API of endpoints refuses, over real HTTP, and how it says so."""

from pathlib import Path
from typing import Any

import pytest

from layeron import backend
from tests.api.publishers import URL, Caller, calling, names
from tests.support.temporal import TemporalServer

NOWHERE = "whep_01M87HX43ACC2282GBSNFBF3Q6"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no url": ({"url": None}, "endpoint.url"),
    "no http": ({"url": "ftp://example.com/"}, "endpoint.url"),
    "a login": ({"url": "https://user:pass@example.com/"}, "endpoint.url"),
    "a fragment": ({"url": f"{URL}#x"}, "endpoint.url"),
    "a line break in the url": ({"url": f"{URL}\r\nx: y"}, "endpoint.url"),
    "a long url": ({"url": f"{URL}/{'x' * 2048}"}, "endpoint.url"),
    "a name in capitals": ({"name": "Full"}, "endpoint.name"),
    "no name": ({"name": ""}, "endpoint.name"),
    "a path as name": ({"name": "../x"}, "endpoint.name"),
    "an unknown option": ({"ulr": URL}, "did you mean 'url'?"),
    "a secret of its own": ({"secret": "whsec_x"}, "unknown option 'endpoint.secret'"),
    "an event type with a space": ({"event_types": ["order paid"]}, "endpoint.event_types"),
    "no time": ({"timeout_seconds": 0}, "endpoint.timeout_seconds"),
    "too much time": ({"timeout_seconds": 3600}, "endpoint.timeout_seconds"),
    "no rate": ({"rate_limit": 0}, "endpoint.rate_limit"),
    "a rate of once in an age": ({"rate_limit": 1e-300}, "endpoint.rate_limit"),
    "no delay to speak of": (
        {"retry": {"attempts": 3, "initial_delay_seconds": 1e-300}},
        "endpoint.retry.initial_delay_seconds",
    ),
    "a wrong delay": ({"retry": {"schedule": ["soon"]}}, "endpoint.retry.schedule"),
    "metadata as text": ({"metadata": "x"}, "endpoint.metadata"),
    "a lot of metadata": ({"metadata": {"x": "y" * 20_000}}, "endpoint.metadata"),
    "a number as user": ({"user_id": 7}, "endpoint.user_id"),
    "no user": ({"user_id": ""}, "endpoint.user_id"),
    "a line break in a user": ({"user_id": "x\nforged"}, "endpoint.user_id"),
    "headers as a list": ({"headers": ["x"]}, "endpoint.headers"),
    "a header of ours": ({"headers": {"Webhook-Signature": "v1,x"}}, "'Webhook-Signature'"),
    "a host": ({"headers": {"Host": "internal"}}, "'Host' is set by the service"),
    "a length": ({"headers": {"content-length": "0"}}, "'content-length'"),
    "an encoding": ({"headers": {"Transfer-Encoding": "chunked"}}, "'Transfer-Encoding'"),
    "a proxy": ({"headers": {"Proxy-Authorization": "Basic eA=="}}, "'Proxy-Authorization'"),
    "a line break in a value": ({"headers": {"x-a": "1\r\nHost: internal"}}, "header 'x-a'"),
    "a line break in a name": ({"headers": {"x-a: 1\r\nHost": "internal"}}, "no header name"),
    "a blank before a value": ({"headers": {"x-a": " 1"}}, "without blanks at its ends"),
    "a tab after a value": ({"headers": {"x-a": "1\t"}}, "without blanks at its ends"),
    "a NUL in a value": ({"headers": {"x-a": "1\0"}}, "header 'x-a'"),
    "one header twice": ({"headers": {"X-A": "1", "x-a": "2"}}, "'x-a' is there in several"),
}


@pytest.mark.parametrize(("options", "named"), WRONG.values(), ids=WRONG)
async def test_a_wrong_option_is_named_when_it_is_created_and_when_it_is_changed(
    api: Caller, options: dict[str, Any], named: str
) -> None:
    before = await names(api)
    asked = {"url": URL, **options}
    said = await api.refused(422, "payload_invalid", "POST", "/endpoints", json=asked)
    assert named in said
    assert await names(api) == before
    endpoint = (await api.created())["endpoint"]
    place = f"/endpoints/{endpoint['id']}"
    said = await api.refused(422, "payload_invalid", "PATCH", place, json=options)
    assert named in said or "user_id' cannot be changed" in said
    assert (await api("GET", place)).json() == endpoint
    await api("DELETE", place)


BODIES = [b"[]", b"{", b"\xff", b'"x"', b'{"metadata": {"x": NaN}}', b"[" * 60_000]


@pytest.mark.parametrize("body", BODIES)
async def test_a_body_that_is_no_object_is_refused(api: Caller, body: bytes) -> None:
    endpoint = (await api.created())["endpoint"]["id"]
    for method, path in (
        ("POST", "/endpoints"),
        ("PATCH", f"/endpoints/{endpoint}"),
        ("POST", f"/endpoints/{endpoint}/disable"),
        ("POST", f"/endpoints/{endpoint}/test"),
        ("POST", f"/endpoints/{endpoint}/rotate-secret"),
        ("POST", f"/endpoints/{endpoint}/skip"),
        ("POST", "/users/nina/rotate-secret"),
    ):
        said = await api.refused(400, "bad_request", method, path, content=body)
        assert said.startswith("the body must be a JSON object")
    await api("DELETE", f"/endpoints/{endpoint}")


FIELDS: list[tuple[str, dict[str, Any], str]] = [
    ("disable", {"enabled": False}, "unknown field 'enabled'"),
    ("enable", {"x": 1}, "unknown field 'x'"),
    ("test", {"type": "x"}, "unknown field 'type'"),
    ("test", {"event_type": 7}, "'event_type': input should be a valid string"),
    ("rotate-secret", {"graze": "1h"}, "unknown field 'graze'"),
    ("skip", {}, "field 'event_id' is missing"),
    ("retry", {"event_id": "x" * 100}, "'event_id': must be text of at most 40"),
]


@pytest.mark.parametrize(("doing", "asked", "said"), FIELDS)
async def test_a_wrong_field_is_named(
    api: Caller, doing: str, asked: dict[str, Any], said: str
) -> None:
    path = f"/endpoints/audit/{doing}"
    assert said in await api.refused(400, "bad_request", "POST", path, json=asked)


@pytest.mark.parametrize(
    "query", [{"cursor": "x"}, {"cursor": ""}, {"limit": "0"}, {"limit": "x"}, {"usr": "x"}]
)
async def test_a_wrong_question_is_told(api: Caller, query: dict[str, str]) -> None:
    if query != {"cursor": ""}:  # the beginning
        await api.refused(400, "bad_request", "GET", "/endpoints", params=query)
    await api.refused(
        400, "bad_request", "GET", "/endpoints/audit/deliveries", params={**query, "status": "x"}
    )


@pytest.mark.parametrize(
    "name", [NOWHERE, "nobody", "x" * 300, "%00", "%FF", "..%2F..%2Fevents", "A B", "%ED%A0%80"]
)
async def test_an_endpoint_that_does_not_exist_is_not_found(api: Caller, name: str) -> None:
    calls = [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/deliveries")]
    calls += [("POST", f"/{doing}") for doing in ("enable", "test", "rotate-secret")]
    for method, path in calls:
        await api.refused(404, "not_found", method, f"/endpoints/{name}{path}")


@pytest.mark.parametrize("webhook", ["default/nothing", "other/out", "%00/%FF", "default/OUT"])
async def test_a_webhook_that_does_not_exist_is_not_found(api: Caller, webhook: str) -> None:
    calls = [
        ("GET", "/endpoints"),
        ("GET", "/endpoints/crm"),
        ("POST", "/users/nina/rotate-secret"),
    ]
    for method, path in calls:
        await api.refused(404, "not_found", method, path, webhook=webhook)
    await api.refused(404, "not_found", "POST", "/endpoints", webhook=webhook, json={"url": URL})


async def test_an_endpoint_of_another_webhook_is_not_found(api: Caller) -> None:
    other = (await api.created(webhook="team/bare", name="theirs"))["endpoint"]
    for named in ("theirs", other["id"]):
        await api.refused(404, "not_found", "GET", f"/endpoints/{named}")
        await api.refused(404, "not_found", "DELETE", f"/endpoints/{named}")
    assert (await api("GET", "/endpoints/theirs", webhook="team/bare")).json() == other


async def test_who_has_no_key_gets_nowhere(api: Caller) -> None:
    calls = [
        ("GET", "/endpoints"), ("POST", "/endpoints"), ("GET", "/endpoints/crm"),
        ("PATCH", "/endpoints/crm"), ("DELETE", "/endpoints/crm"),
        ("GET", "/endpoints/crm/deliveries"), ("POST", "/users/nina/rotate-secret"),
    ]  # fmt: skip
    actions = ("enable", "disable", "test", "rotate-secret", "skip", "retry")
    calls += [("POST", f"/endpoints/crm/{each}") for each in actions]
    for method, path in calls:
        for key in ("", "Bearer lyr_x_y"):
            await api.refused(401, "unauthorized", method, path, headers={"authorization": key})


HOSTILE = [
    "http://127.0.0.1/", "http://localhost:8080/", "http://[::1]/", "http://0.0.0.0/",
    "http://169.254.169.254/latest/meta-data/", "http://metadata.google.internal/",
    "http://10.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://2130706433/", "http://0x7f.1/",
    "http://93.184.216.34:22/",
]  # fmt: skip


async def test_an_address_inside_is_refused_unless_it_is_allowed(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with calling(tmp_path, temporal, worker=False) as strict:
        place = f"/endpoints/{(await strict.created())['endpoint']['id']}"
        for url in HOSTILE:
            asked = {"url": url}
            said = await strict.refused(422, "payload_invalid", "POST", "/endpoints", json=asked)
            assert "endpoint.url" in said
            said = await strict.refused(422, "payload_invalid", "PATCH", place, json=asked)
            assert "endpoint.url" in said
        assert (await strict("GET", place)).json()["url"] == URL


async def test_a_network_that_is_allowed_may_be_sent_to(api: Caller) -> None:
    await api.created(url="http://127.0.0.1:9/hooks")
    await api.refused(
        422, "payload_invalid", "POST", "/endpoints", json={"url": "http://10.0.0.1/"}
    )


async def test_a_service_that_sends_nothing_has_no_endpoints_and_needs_no_key(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with calling(tmp_path, temporal, backend(), worker=False) as api:
        await api.refused(404, "not_found", "GET", "/endpoints")
