"""Header fields of endpoints: customers put credentials there, which nobody sees again."""

import logging
import sqlite3

import pytest

from layeron.outbound.sealing import Seals
from layeron.redaction import REDACTED
from tests.api.publishers import TOKEN, URL, Caller

CREDENTIALS = {
    "Authorization": f"Bearer {TOKEN}",
    "Cookie": TOKEN,
    "X-Api-Key": TOKEN,
    "x-auth": TOKEN,
    "X-Customer-Token": TOKEN,
    "client-secret": TOKEN,
}


async def test_credentials_in_headers_are_never_shown_again(
    api: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {**CREDENTIALS, "x-tenant": "7"}
    shown = {**dict.fromkeys(CREDENTIALS, REDACTED), "x-tenant": "7"}
    created = await api("POST", "/endpoints", json={"url": URL, "headers": headers})
    place = f"/endpoints/{created.json()['endpoint']['id']}"
    answers = [
        created,
        await api("GET", place),
        await api("GET", "/endpoints"),
        await api("PATCH", place, json={"description": "x"}),
        await api("POST", f"{place}/disable"),
        await api("POST", f"{place}/enable"),
        await api("GET", "/endpoints/audit"),
    ]
    assert answers[1].json()["headers"] == answers[4].json()["headers"] == shown
    assert TOKEN not in "".join(each.text for each in answers) + caplog.text


async def test_a_header_that_comes_back_redacted_keeps_its_value(api: Caller) -> None:
    made = (await api.created(headers={"Authorization": TOKEN, "x-a": "1"}))["endpoint"]
    place = f"/endpoints/{made['id']}"
    given_back = {"authorization": REDACTED, "x-a": "2"}
    shown = (await api("PATCH", place, json={"headers": given_back})).json()
    assert shown["headers"] == given_back
    kept = await api.service.tools.endpoints.get(made["id"])
    seals = Seals(api.service.tools.endpoints, api.service.tools.secrets)
    assert dict(await seals.open_of(kept)) == {"authorization": TOKEN, "x-a": "2"}
    await api("PATCH", place, json={"headers": {}})
    assert (await api.service.tools.endpoints.get(made["id"])).headers == {}


async def test_credentials_do_not_move_to_another_server_unsaid(api: Caller) -> None:
    given = {"Authorization": TOKEN, "x-a": "1"}
    made = (await api.created(headers=given))["endpoint"]
    place = f"/endpoints/{made['id']}"
    elsewhere = "https://93.184.216.35/hooks"
    for headers in ({}, {"headers": {"authorization": REDACTED}}):
        said = await api.refused(
            422, "payload_invalid", "PATCH", place, json={"url": elsewhere, **headers}
        )
        assert "uthorization" in said
        assert "give 'headers' in the same change" in said
    assert (await api("PATCH", place, json={"url": f"{URL}/moved"})).status_code == 200
    told = {"url": elsewhere, "headers": {"authorization": "another"}}
    assert (await api("PATCH", place, json=told)).json()["url"] == elsewhere
    bare = {"url": URL, "headers": {"x-a": "1"}}
    assert (await api("PATCH", place, json=bare)).status_code == 200
    assert (await api("PATCH", place, json={"url": elsewhere})).json()["headers"] == {"x-a": "1"}
    await api("DELETE", place)


async def test_credentials_are_kept_encrypted(api: Caller) -> None:
    made = (await api.created(headers={**CREDENTIALS, "x-shape": f"Bearer {TOKEN}"}))["endpoint"]
    place = f"/endpoints/{made['id']}"
    for change in ({}, {"description": "x"}, {"headers": {"x-key": f"{TOKEN} again"}}):
        if change:
            await api("PATCH", place, json=change)
        kept = (await api.service.tools.endpoints.get(made["id"])).headers
        assert kept
        assert TOKEN not in str(kept)
    with sqlite3.connect(api.service.settings.data_dir / "layeron.db") as database:
        assert TOKEN not in "\n".join(database.iterdump())
    await api("DELETE", place)


async def test_what_an_earlier_release_kept_in_clear_is_hidden_and_sealed_by_a_change(
    api: Caller,
) -> None:
    made = (await api.created())["endpoint"]
    store = api.service.tools.endpoints
    await store.renew_headers(made["id"], read={}, renewed={"authorization": TOKEN})
    place = f"/endpoints/{made['id']}"
    assert (await api("GET", place)).json()["headers"] == {"authorization": REDACTED}
    seals = Seals(store, api.service.tools.secrets)
    assert await seals.open_of(await store.get(made["id"])) == [("authorization", TOKEN)]
    assert (await store.get(made["id"])).headers == {"authorization": TOKEN}
    await api("PATCH", place, json={"description": "x"})
    kept = await store.get(made["id"])
    assert TOKEN not in str(kept)
    assert await seals.open_of(kept) == [("authorization", TOKEN)]
    await api("DELETE", place)
