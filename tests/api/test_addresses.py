"""Which webhook a request reaches, by host and path."""

import httpx2
import pytest

from tests.api import declared
from tests.api.sending import accepted, fresh, post
from tests.api.serving import exchange, head, serving
from tests.support.service import Service


async def reached(
    service: Service, http: httpx2.AsyncClient, path: str, **headers: str
) -> str | None:
    """The name of the webhook that takes a request, or None if none does."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await post(http, fresh(), path=path, headers=named)
    if answer.status_code == 404:
        return None
    assert answer.status_code == 202, answer.text
    record = await service.settled(answer.json()["event_id"])
    assert record.namespace == declared.NAMESPACE
    return record.webhook


async def test_a_path_is_reached_on_every_host(service: Service, http: httpx2.AsyncClient) -> None:
    for host in ("hooks.example.com", "localhost:8000", "[::1]:8000", "10.0.0.1"):
        assert await reached(service, http, "/webhooks/vendor", host=host) == "vendor"


async def test_a_webhook_of_a_host_comes_before_one_of_any_host(
    service: Service, http: httpx2.AsyncClient
) -> None:
    assert await reached(service, http, "/shared", host="one.example.com") == "hosted"
    assert await reached(service, http, "/shared", host="ONE.example.com.:8443") == "hosted"
    assert await reached(service, http, "/shared", host="two.example.com") == "anywhere"
    assert await reached(service, http, "/shared", host="one.example.com.evil") == "anywhere"


async def test_a_declared_url_says_host_and_path(
    service: Service, http: httpx2.AsyncClient
) -> None:
    path, host = "/hook%20s", "partner.example.com"
    assert await reached(service, http, path, host=host) == "addressed"
    assert await reached(service, http, path, host="hooks.example.com") is None
    assert await reached(service, http, "/hook+s", host=host) is None


async def test_a_host_of_webhooks_has_every_path_to_itself(
    service: Service, http: httpx2.AsyncClient
) -> None:
    host = "one.example.com"
    assert await reached(service, http, "/api/v1/events", host=host) == "at-home"
    assert await reached(service, http, "/health/live", host=host) is None
    key = {"authorization": f"Bearer {service.key}", "host": host}
    answer = await http.get("/api/v1/events", headers=key)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/api/v1/events", "/api/v1/other", "/health/live", "/metrics"])
async def test_elsewhere_the_services_own_paths_are_no_webhooks(
    http: httpx2.AsyncClient, path: str
) -> None:
    assert (await post(http, fresh(), path=path)).status_code in {404, 405}


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks//vendor",
        "/webhooks/./vendor",
        "/webhooks/x/../vendor",
        "/webhooks/%76endor",
        "/WEBHOOKS/vendor",
        "/webhooks/vendor%00",
        "/webhooks/vendor;x",
    ],
)
async def test_a_path_is_matched_as_it_was_sent(address: str, path: str) -> None:
    assert await exchange(address, head("Content-Length: 0", path=path)) == 404


async def test_an_absolute_request_target_is_understood(address: str) -> None:
    target = "http://hooks.example.com/webhooks/vendor"
    assert await exchange(address, head("Content-Length: 0", path=target)) == 401


FORWARDED = {"x_forwarded_host": "one.example.com, inner", "x_forwarded_proto": "https, http"}


async def test_what_proxies_say_counts_only_where_they_are_trusted(service: Service) -> None:
    async with (
        serving(service, trust_proxy=True) as trusting,
        serving(service) as wary,
        httpx2.AsyncClient() as http,
    ):
        for address, name, url in (
            (trusting, "hosted", "https://one.example.com/shared?a=1"),
            (wary, "anywhere", "http://inner.example.com/shared?a=1"),
        ):
            target = f"http://{address}/shared?a=1"
            headers = {"host": "inner.example.com"} | {
                name.replace("_", "-"): value for name, value in FORWARDED.items()
            }
            event_id = await accepted(http, fresh(), path=target, headers=headers)
            record = await service.settled(event_id)
            assert (record.webhook, record.url) == (name, url)


async def test_a_trusted_proxy_that_says_nothing_changes_nothing(service: Service) -> None:
    async with serving(service, trust_proxy=True) as address, httpx2.AsyncClient() as http:
        target = f"http://{address}/shared"
        event_id = await accepted(http, fresh(), path=target, headers={"host": "one.example.com"})
        record = await service.settled(event_id)
        assert (record.webhook, record.url) == ("hosted", "http://one.example.com/shared")
