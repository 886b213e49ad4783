"""Endpoints managed over the API: each promise over real HTTP."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from layeron import backend, webhooks
from layeron.identity import is_endpoint_id
from tests.api.publishers import URL, Caller, calling, names
from tests.support.customer import always, running_customer
from tests.support.postgres import fresh_database
from tests.support.temporal import TemporalServer

EVENT = "whevt_01M87HX43ACC2282GBSNFBF3Q6"


async def test_an_endpoint_has_every_option_it_was_created_with(api: Caller) -> None:
    options: dict[str, Any] = {
        "name": "full",
        "url": f"{URL}?a=b",
        "event_types": ["order.*", "user.created"],
        "headers": {"x-tenant": "7"},
        "timeout_seconds": 5.5,
        "rate_limit": 20,
        "fifo": True,
        "description": "für Nina",
        "metadata": {"plan": {"seats": [1, 2.5, None]}},
        "user_id": "user/7 ü",
    }
    told = await api.created(**options, retry={"schedule": ["1s", "2m"], "jitter": 0})
    endpoint = told["endpoint"]
    assert is_endpoint_id(endpoint["id"])
    assert options.items() <= endpoint.items()
    assert (endpoint["retry_delays"], endpoint["retry_jitter"]) == ([1, 120], 0)
    assert endpoint["declared"] is False
    assert endpoint["state"]["status"] == "enabled"
    assert endpoint["created_at"] == endpoint["updated_at"]
    for named in ("full", endpoint["id"]):
        assert (await api("GET", f"/endpoints/{named}")).json() == endpoint


async def test_an_endpoint_without_a_name_is_named_after_its_host(api: Caller) -> None:
    first, second = [(await api.created())["endpoint"]["name"] for _ in range(2)]
    assert first != second
    assert first.startswith("93-184-216-34-")
    assert (await api("GET", f"/endpoints/{first}")).status_code == 200


async def test_declared_ones_are_listed_first_and_a_walk_meets_each_once(api: Caller) -> None:
    made = [(await api.created())["endpoint"]["name"] for _ in range(3)]
    every = await names(api, limit=200)
    assert every[:3] == ["audit", "crm", "ninas"]
    assert every[3:6] == made[::-1]
    for limit in (1, 2, 3, 4, 50):
        walked: list[str] = []
        query: dict[str, Any] = {"limit": limit}
        while True:
            page = (await api("GET", "/endpoints", params=query)).json()
            assert 1 <= len(page["endpoints"]) <= limit
            walked += [each["name"] for each in page["endpoints"]]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        assert walked == every


async def test_a_user_s_endpoints_are_listed_alone(api: Caller) -> None:
    for user_id in ("nina", "a/b&c=%2F ü"):
        name = (await api.created(user_id=user_id))["endpoint"]["name"]
        declared = ["ninas"] if user_id == "nina" else []
        assert await names(api, user_id=user_id) == [*declared, name]
    assert await names(api, user_id="nobody") == []


async def test_the_state_of_a_declared_endpoint_is_shown_and_switched(api: Caller) -> None:
    off = (await api("POST", "/endpoints/audit/disable")).json()
    assert (off["state"]["status"], off["state"]["disabled_reason"]) == ("disabled", "operator")
    assert off["state"]["disabled_at"] is not None
    listed = (await api("GET", "/endpoints")).json()["endpoints"]
    assert [each["state"]["status"] for each in listed[:3]] == ["disabled", "enabled", "enabled"]
    assert (await api("GET", "/endpoints/audit")).json() == off
    on = (await api("POST", "/endpoints/audit/enable")).json()
    assert (on["state"]["status"], on["state"]["disabled_reason"]) == ("enabled", None)
    assert (await api("GET", "/endpoints/audit")).json() == on


async def test_a_declared_endpoint_is_changed_and_removed_in_code_alone(api: Caller) -> None:
    before = (await api("GET", "/endpoints/crm")).json()
    for place in ("/endpoints/crm", f"/endpoints/{before['id']}"):
        said = await api.refused(409, "conflict", "PATCH", place, json={"description": "x"})
        assert said == "endpoint 'crm' is declared in code; change it there"
        said = await api.refused(409, "conflict", "DELETE", place)
        assert "is declared in code; remove it there" in said
    assert (await api("GET", "/endpoints/crm")).json() == before


async def test_a_name_that_is_taken_is_refused(api: Caller) -> None:
    first = (await api.created(name="taken"))["endpoint"]
    second = (await api.created())["endpoint"]
    place = f"/endpoints/{second['id']}"
    for name in ("taken", "crm"):
        asked = {"url": URL, "name": name}
        assert name in await api.refused(409, "conflict", "POST", "/endpoints", json=asked)
        assert name in await api.refused(409, "conflict", "PATCH", place, json={"name": name})
    await api("DELETE", f"/endpoints/{first['id']}")
    assert (await api("PATCH", place, json={"name": "taken"})).json()["name"] == "taken"
    await api("DELETE", place)


async def test_each_customer_may_have_an_endpoint_of_the_same_name(api: Caller) -> None:
    made = [
        (await api.created(name="shop", user_id=each))["endpoint"] for each in ("anna", "boris")
    ]
    said = await api.refused(409, "conflict", "DELETE", "/endpoints/shop")
    assert "several customers have an endpoint 'shop'; name it by its id" in said
    asked = {"url": URL, "name": "shop", "user_id": "anna"}
    assert "shop" in await api.refused(409, "conflict", "POST", "/endpoints", json=asked)
    for each in made:
        place = f"/endpoints/{each['id']}"
        assert (await api("GET", place)).json() == each
    assert (await api("DELETE", f"/endpoints/{made[0]['id']}")).status_code == 204
    assert (await api("DELETE", "/endpoints/shop")).status_code == 204


async def test_changes_of_one_endpoint_at_once_are_all_made(api: Caller) -> None:
    place = f"/endpoints/{(await api.created())['endpoint']['id']}"
    changes: list[dict[str, Any]] = [
        {"description": "new"}, {"rate_limit": 5}, {"timeout_seconds": 9}, {"fifo": True},
    ]  # fmt: skip
    answers = await asyncio.gather(*(api("PATCH", place, json=each) for each in changes))
    assert [each.status_code for each in answers] == [200] * 4
    found = (await api("GET", place)).json()
    await api("DELETE", place)
    for change in changes:
        assert found | change == found


async def test_what_a_change_leaves_out_stays(api: Caller) -> None:
    before = (
        await api.created(
            headers={"x-tenant": "7"}, description="old", metadata={"a": 1}, rate_limit=5
        )
    )["endpoint"]
    place = f"/endpoints/{before['id']}"
    after = (await api("PATCH", place, json={"description": "new", "rate_limit": None})).json()
    assert after["updated_at"] > before["updated_at"]
    changed = {"description": "new", "rate_limit": None, "updated_at": after["updated_at"]}
    assert after == {**before, **changed}
    assert (await api("GET", place)).json() == after


async def test_a_change_keeps_the_state(api: Caller) -> None:
    place = f"/endpoints/{(await api.created())['endpoint']['id']}"
    await api("POST", f"{place}/disable")
    changed = (await api("PATCH", place, json={"description": "x"})).json()
    assert changed["state"]["status"] == "disabled"


async def test_a_deleted_endpoint_is_gone_and_its_name_is_free(api: Caller) -> None:
    made = (await api.created(name="gone"))["endpoint"]
    answer = await api("DELETE", "/endpoints/gone")
    assert (answer.status_code, answer.content) == (204, b"")
    for place in ("/endpoints/gone", f"/endpoints/{made['id']}"):
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/enable"), ("POST", "/test")):
            await api.refused(404, "not_found", method, f"{place}{path}")
    again = (await api.created(name="gone"))["endpoint"]
    assert again["id"] != made["id"]
    await api("DELETE", "/endpoints/gone")


async def test_every_change_is_logged_in_one_line_with_who_made_it(
    api: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="layeron.endpoints")
    made = (await api.created(name="logged", user_id="x/y"))["endpoint"]
    place = "/endpoints/logged"
    await api("PATCH", place, json={"url": f"{URL}?a", "description": "x"})
    await api("POST", f"{place}/disable")
    await api("POST", f"{place}/enable")
    await api("POST", "/users/x%2Fy/rotate-secret")
    await api("DELETE", place)
    what = f"default/out: endpoint logged ({made['id']})"
    assert [record.getMessage() for record in caplog.records] == [
        f"{what} created by key tests",
        f"{what} changed (description, url) by key tests",
        f"{what} disabled by key tests",
        f"{what} enabled by key tests",
        "default/out: a new secret for user 'x/y' by key tests",
        f"{what} deleted by key tests",
    ]


@pytest.fixture(params=["sqlite", "postgresql"], name="database")
def _database(request: pytest.FixtureRequest) -> Any:
    if request.param == "sqlite":
        yield None
    else:
        with fresh_database() as url:
            yield url


async def test_a_user_has_no_more_than_the_cap_however_many_ask_at_once(
    tmp_path: Path, temporal: TemporalServer, database: str | None
) -> None:
    async with calling(tmp_path, temporal, worker=False, database_url=database) as api:
        asked = {"url": URL, "user_id": "nina"}
        calls = [api("POST", "/endpoints", json=asked) for _ in range(12)]
        answers = await asyncio.gather(*calls)
        made = [each.json()["endpoint"]["id"] for each in answers if each.status_code == 201]
        assert len(made) == 3
        assert {each.status_code for each in answers} == {201, 409}
        await api.created(user_id="omar")
        await api("DELETE", f"/endpoints/{made[0]}")
        await api.created(user_id="nina")
        assert "nina" in await api.refused(409, "conflict", "POST", "/endpoints", json=asked)


async def test_a_test_is_one_attempt_whose_outcome_is_told(api: Caller) -> None:
    async with running_customer() as customer:
        endpoint = (await api.created(url=customer.url, event_types=["nothing.else"]))["endpoint"]
        answer = await api("POST", f"/endpoints/{endpoint['id']}/test")
        assert answer.status_code == 200, answer.text
        record = answer.json()
        assert (record["event_type"], record["status"]) == ("webhook.test", "succeeded")
        assert [each["endpoint_id"] for each in record["deliveries"]] == [endpoint["id"]]
        (attempt,) = record["attempts"]
        assert (attempt["outcome"], attempt["http_status"]) == ("succeeded", 200)
        assert customer.ids() == [record["id"]]
        page = (await api("GET", f"/endpoints/{endpoint['id']}/deliveries")).json()
        assert [each["event_id"] for each in page["deliveries"]] == [record["id"]]
        asked = {"event_type": "order.paid"}
        record = (await api("POST", f"/endpoints/{endpoint['id']}/test", json=asked)).json()
        assert record["event_type"] == "order.paid"
        assert b'"data":{"total":5}' in customer.bodies[1]


async def test_a_test_that_fails_is_not_tried_again(api: Caller) -> None:
    async with running_customer(always(500)) as customer:
        endpoint = (await api.created(url=customer.url))["endpoint"]["id"]
        record = (await api("POST", f"/endpoints/{endpoint}/test")).json()
        assert record["status"] == "dead_letter"
        assert [each["http_status"] for each in record["attempts"]] == [500]
        assert len(customer.requests) == 1


async def test_a_test_that_cannot_be_made_is_refused(api: Caller) -> None:
    endpoint = (await api.created(url="http://127.0.0.1:9/"))["endpoint"]["id"]
    place = f"/endpoints/{endpoint}"
    for event_type in ("order.void", "order.unknown", "no type"):
        asked = {"event_type": event_type}
        said = await api.refused(422, "payload_invalid", "POST", f"{place}/test", json=asked)
        assert event_type in said
    await api("POST", f"{place}/disable")
    said = await api.refused(409, "conflict", "POST", f"{place}/test")
    assert said.endswith("is disabled; enable it first")


async def test_a_queue_alone_can_be_told_to_go_on(api: Caller) -> None:
    plain = (await api.created())["endpoint"]["id"]
    queue = (await api.created(fifo=True))["endpoint"]["id"]
    for doing in ("skip", "retry"):
        asked = {"event_id": EVENT}
        said = await api.refused(409, "conflict", "POST", f"/endpoints/{plain}/{doing}", json=asked)
        assert "is no queue (fifo=True); replay the event instead" in said
        await api.refused(404, "not_found", "POST", f"/endpoints/{queue}/{doing}", json=asked)
        asked = {"event_id": "x"}
        await api.refused(404, "not_found", "POST", f"/endpoints/{queue}/{doing}", json=asked)


async def test_a_name_that_is_declared_later_wins(tmp_path: Path, temporal: TemporalServer) -> None:
    def declaring(*endpoints: Any) -> Any:
        app = backend()
        app.use(webhooks.out("out", endpoints=endpoints))
        return app

    async with calling(tmp_path, temporal, declaring(), worker=False) as api:
        made = (await api.created(name="crm"))["endpoint"]
    app = declaring({"name": "crm", "url": URL})
    async with calling(tmp_path, temporal, app, worker=False) as api:
        assert (await api("GET", "/endpoints/crm")).json()["declared"] is True
        assert (await api("GET", f"/endpoints/{made['id']}")).json() == made
