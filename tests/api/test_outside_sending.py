"""``webhook.endpoints`` outside the service's processes: over HTTP, to a real server."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from layeron import ConflictError, webhooks
from layeron.errors import GatewayError, NotFoundError, PayloadError
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.endpoints import WebhookEndpoints
from layeron.outbound.remote_endpoints import RemoteEndpoints
from layeron.outbound.retry import OutboundRetry
from layeron.outbound.sealing import Seals
from layeron.redaction import REDACTED
from tests.api.publishers import TOKEN, URL, Caller
from tests.support import broken_server
from tests.support.customer import running_customer

EVENT = "whevt_01M87HX43ACC2282GBSNFBF3Q6"


@pytest.fixture(name="outside")
def _outside(api: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> OutboundWebhook:
    """The publisher as another process declares it, which knows the service's address."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAYERON_URL", str(api.http.base_url))
    monkeypatch.setenv("LAYERON_API_KEY", api.service.key)
    return webhooks.out("out")


@pytest.fixture(params=["inside", "outside"], name="endpoints")
def _endpoints(
    request: pytest.FixtureRequest, api: Caller, outside: OutboundWebhook
) -> WebhookEndpoints:
    """The same methods on the service's own parts and over HTTP: they promise the same."""
    inside = api.service.app.publisher("default", "out")
    assert inside is not None
    return inside.endpoints if request.param == "inside" else outside.endpoints


async def test_an_endpoint_is_created_changed_shown_and_deleted(
    api: Caller, endpoints: WebhookEndpoints
) -> None:
    user = f"mia/{uuid.uuid4()}"
    made, secret = await endpoints.create(
        name="mine",
        url=URL,
        event_types=["order.*"],
        headers={"Authorization": TOKEN, "x-tenant": "7"},
        retry={"schedule": ["5s", timedelta(minutes=1), 90.5], "jitter": 0},
        metadata={"plan": {"seats": 5}},
        user_id=user,
    )
    assert secret is not None
    assert secret.secret.startswith("whcms_")
    assert secret.created_at == made.created_at
    assert secret.previous_expires_at is None
    assert made.retry_delays == [5, 60, 90.5]
    assert made.headers == {"Authorization": REDACTED, "x-tenant": "7"}
    assert await endpoints.get("mine") == await endpoints.get(made.id) == made
    assert (await endpoints.create(url=URL, user_id=user))[1] is None
    page = await endpoints.list(user_id=user, limit=1)
    rest = await endpoints.list(user_id=user, cursor=page.next_cursor)
    assert [each.id for each in rest.endpoints] == [made.id]
    changed = await endpoints.change(
        "mine", retry=OutboundRetry(attempts=3, backoff="fixed"), rate_limit=0.5
    )
    assert (changed.retry_delays, changed.rate_limit) == ([5, 5], 0.5)
    assert (await endpoints.disable("mine")).state.status == "disabled"
    assert (await endpoints.enable("mine")).state.status == "enabled"
    stored = await api.service.tools.endpoints.get(made.id)
    seals = Seals(api.service.tools.endpoints, api.service.tools.secrets)
    assert dict(await seals.open_of(stored)) == {"Authorization": TOKEN, "x-tenant": "7"}
    for each in [made, *page.endpoints]:
        await endpoints.delete(each.id)
    with pytest.raises(NotFoundError):
        await endpoints.get("mine")


async def test_secrets_are_rotated(endpoints: WebhookEndpoints) -> None:
    made, first = await endpoints.create(url=URL)
    assert first is not None
    for grace, seconds in (("2h", 7200), (60, 60), (timedelta(days=7), 604_800), (0, 0)):
        new = await endpoints.rotate_secret(made.id, grace=grace)
        assert new.secret.startswith("whsec_")
        assert new.previous_expires_at is not None
        assert (new.previous_expires_at - new.created_at).total_seconds() == seconds
    assert (await endpoints.rotate_user_secret("nina")).secret.startswith("whcms_")
    wrong: list[str | float | timedelta] = [
        "soon",
        timedelta(days=8),
        -1,
        float("nan"),
        float("inf"),
    ]
    for each in wrong:
        with pytest.raises(PayloadError, match="'grace' must be"):
            await endpoints.rotate_secret(made.id, grace=each)
    await endpoints.delete(made.id)


async def test_a_test_is_sent_and_told(endpoints: WebhookEndpoints) -> None:
    async with running_customer() as customer:
        made, _ = await endpoints.create(url=customer.url)
        records = [await endpoints.test(made.id, event_type=each) for each in (None, "order.paid")]
        assert [each.event_type for each in records] == ["webhook.test", "order.paid"]
        assert [each.status for each in records] == ["succeeded"] * 2
        page = await endpoints.deliveries(made.id, status="succeeded", limit=1)
        assert [each.event_id for each in page.deliveries] == [records[1].id]
        rest = await endpoints.deliveries(made.id, cursor=page.next_cursor)
        assert [each.event_id for each in rest.deliveries] == [records[0].id]
        await endpoints.delete(made.id)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"url": "ftp://x"}, "endpoint.url"),
    ({"url": "http://10.0.0.1/"}, "endpoint.url"),
    ({"url": URL, "retry": {"attempts": 0}}, "endpoint.retry.attempts"),
    ({"url": URL, "retry": 5}, "endpoint.retry"),
    ({"url": URL, "colour": "red"}, "endpoint.colour"),
    ({"url": URL, "metadata": {"x": float("nan")}}, "endpoint"),
    ({"url": URL, "metadata": {"x": object()}}, "endpoint"),
    ({"url": URL, "headers": {"host": "x"}}, "'host' is set by the service"),
]


@pytest.mark.parametrize(("options", "named"), WRONG)
async def test_a_wrong_option_is_named(
    endpoints: WebhookEndpoints, options: dict[str, Any], named: str
) -> None:
    before = await endpoints.list(limit=200)
    with pytest.raises(PayloadError, match=named):
        await endpoints.create(**options)
    assert await endpoints.list(limit=200) == before


async def test_what_cannot_be_done_has_its_meaning(endpoints: WebhookEndpoints) -> None:
    for name in ("nobody", "", "..", "a/b", "../../events", "x?y#z", "\ud800", "\0", "x" * 9_000):
        asks: list[Callable[[str], Awaitable[object]]] = [
            endpoints.get,
            endpoints.change,
            endpoints.enable,
            endpoints.delete,
            endpoints.test,
            endpoints.deliveries,
            endpoints.rotate_secret,
            endpoints.rotate_user_secret,
        ]
        for ask in asks:
            with pytest.raises(NotFoundError):
                await ask(name)
    for conflict in (
        endpoints.change("crm", description="x"),
        endpoints.delete("crm"),
        endpoints.rotate_secret("crm"),
        endpoints.skip("crm", EVENT),
        endpoints.retry("crm", EVENT),
        endpoints.create(name="crm", url=URL),
    ):
        with pytest.raises(ConflictError, match="crm"):
            await conflict


async def test_a_wrong_key_is_told_in_one_sentence(api: Caller) -> None:
    gateway = RemoteEndpoints(str(api.http.base_url), "lyr_x_y")
    with pytest.raises(GatewayError, match=r"^send a valid API key as bearer: set LAYERON_API_KEY"):
        await gateway.get_endpoint("default", "out", "crm")


async def test_another_server_is_told_in_one_sentence() -> None:
    for body in (b"<html>", b"{}", b'{"endpoint": {}, "secret": "x"}'):
        async with broken_server.serving(broken_server.answering(200, body)) as address:
            gateway = RemoteEndpoints(f"http://{address}", None)
            with pytest.raises(GatewayError, match="does not answer as this API does"):
                await gateway.create_endpoint("default", "out", {"url": URL})


async def test_it_works_from_one_event_loop_after_the_other(outside: OutboundWebhook) -> None:
    def ask_twice() -> list[str]:
        return [asyncio.run(outside.endpoints.get("crm")).name for _ in range(2)]

    assert await asyncio.to_thread(ask_twice) == ["crm", "crm"]
