"""Signing secrets over the API: shown once, rotated, and nowhere else to be found."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from standardwebhooks import Webhook

from layeron import backend, webhooks
from layeron.adapters.secret_sources import FILE_NAME
from layeron.adapters.toolbox import open_toolbox
from layeron.errors import SecretUnavailableError
from layeron.outbound.vault import Vault
from layeron.secrets import ENCRYPTION_KEY
from tests.api.publishers import KEY, URL, Caller, calling
from tests.support.customer import Customer, running_customer
from tests.support.postgres import fresh_database
from tests.support.temporal import TemporalServer

OF_ENDPOINT = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")
OF_USER = re.compile(r"whcms_[A-Za-z0-9+/]{43}=")
ANY = re.compile(r"wh(sec|cms)_[A-Za-z0-9+/=_-]{8,}")


@pytest.fixture(params=["sqlite", "postgresql"], name="database", scope="module")
def _database(request: pytest.FixtureRequest) -> Generator[str | None]:
    if request.param == "sqlite":
        yield None
    else:
        with fresh_database() as url:
            yield url


@pytest_asyncio.fixture(scope="module", name="api")
async def _api(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer, database: str | None
) -> AsyncGenerator[Caller]:
    folder = tmp_path_factory.mktemp("secrets")
    settings: dict[str, Any] = {"outbound_allow": "127.0.0.0/8", "database_url": database}
    async with calling(folder, temporal, **settings) as caller:
        yield caller


async def rotated(api: Caller, path: str, **asked: Any) -> dict[str, Any]:
    answer = await api("POST", f"{path}/rotate-secret", json=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told: dict[str, Any] = answer.json()
    assert sorted(told) == ["created_at", "previous_expires_at", "secret"]
    return told


async def live(api: Caller, endpoint_id: str) -> list[str]:
    """The secrets that an endpoint's events are signed with now."""
    tools = api.service.tools
    vault = Vault(tools.endpoints, tools.secrets)
    endpoint = await tools.endpoints.get(endpoint_id)
    return list((await vault.keys_of([endpoint], datetime.now(UTC)))[endpoint_id])


async def test_a_secret_is_shown_when_its_endpoint_is_created(api: Caller) -> None:
    answer = await api("POST", "/endpoints", json={"url": URL})
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert OF_ENDPOINT.fullmatch(told["secret"])
    assert await live(api, told["endpoint"]["id"]) == [told["secret"]]


async def test_a_user_is_shown_one_secret_for_all_endpoints(api: Caller) -> None:
    told = [await api.created(user_id="olga") for _ in range(2)]
    assert OF_USER.fullmatch(told[0]["secret"])
    assert told[1]["secret"] is None
    for each in told:
        assert await live(api, each["endpoint"]["id"]) == [told[0]["secret"]]
    elsewhere = await api.created(webhook="team/bare", user_id="olga")
    assert OF_USER.fullmatch(elsewhere["secret"])
    assert elsewhere["secret"] != told[0]["secret"]


async def test_of_many_endpoints_of_a_user_created_at_once_one_is_shown_the_secret(
    api: Caller,
) -> None:
    told = await asyncio.gather(*(api.created(user_id="paul") for _ in range(3)))
    (shown,) = [each["secret"] for each in told if each["secret"]]
    assert await live(api, told[0]["endpoint"]["id"]) == [shown]


@pytest.mark.parametrize("webhook", ["default/stored", "default/unsigned"])
async def test_where_no_secret_is_generated_none_is_shown_or_rotated(
    api: Caller, webhook: str
) -> None:
    told = await api.created(webhook=webhook, user_id="nina")
    assert told["secret"] is None
    place = f"/endpoints/{told['endpoint']['id']}"
    said = "rotate it there" if webhook == "default/stored" else "there is nothing to rotate"
    for path in (place, "/users/nina"):
        refusal = await api.refused(
            409, "conflict", "POST", f"{path}/rotate-secret", webhook=webhook
        )
        assert refusal.endswith(said)


async def test_after_a_rotation_both_secrets_sign_for_a_day(api: Caller) -> None:
    told = await api.created()
    new = await rotated(api, f"/endpoints/{told['endpoint']['id']}")
    assert OF_ENDPOINT.fullmatch(new["secret"])
    assert await live(api, told["endpoint"]["id"]) == [new["secret"], told["secret"]]
    ends, began = (datetime.fromisoformat(new[f"{x}_at"]) for x in ("previous_expires", "created"))
    assert ends - began == timedelta(days=1)


@pytest.mark.parametrize(("grace", "hours"), [("1h", 1), ("7d", 168), (90, 0.025), ("30m", 0.5)])
async def test_the_grace_is_for_the_caller_to_say(api: Caller, grace: object, hours: float) -> None:
    new = await rotated(api, "/endpoints/audit", grace=grace)
    new = await rotated(api, "/endpoints/audit", grace=grace)
    ends, began = (datetime.fromisoformat(new[f"{x}_at"]) for x in ("previous_expires", "created"))
    assert ends - began == timedelta(hours=hours)


@pytest.mark.parametrize("grace", [0, "0s"])
async def test_without_grace_the_new_secret_signs_alone(api: Caller, grace: object) -> None:
    told = await api.created()
    new = await rotated(api, f"/endpoints/{told['endpoint']['id']}", grace=grace)
    assert await live(api, told["endpoint"]["id"]) == [new["secret"]]


GRACES: list[Any] = ["8d", "169h", -1, "-1h", "soon", "", None, True, [], {}, 1e300, "999999999d"]


@pytest.mark.parametrize("grace", GRACES)
async def test_a_grace_that_is_none_is_named(api: Caller, grace: object) -> None:
    asked = {"grace": grace}
    path = "/endpoints/audit/rotate-secret"
    said = await api.refused(422, "payload_invalid", "POST", path, json=asked)
    assert said.startswith("option 'grace' must be")


async def test_a_user_s_secret_is_rotated_for_all_endpoints_at_once(api: Caller) -> None:
    user = "rosa/ü %2F?#"
    path = "/users/rosa%2F%C3%BC%20%252F%3F%23"
    told = [await api.created(user_id=user) for _ in range(2)]
    new = await rotated(api, path)
    assert OF_USER.fullmatch(new["secret"])
    for each in told:
        assert await live(api, each["endpoint"]["id"]) == [new["secret"], told[0]["secret"]]
    own = f"/endpoints/{told[0]['endpoint']['id']}/rotate-secret"
    said = await api.refused(409, "conflict", "POST", own)
    assert "shares the secret of its user; rotate that one" in said


async def test_a_declared_endpoint_s_secret_is_rotated_where_it_comes_from(api: Caller) -> None:
    new = await rotated(api, "/endpoints/audit")
    assert OF_ENDPOINT.fullmatch(new["secret"])
    assert OF_USER.fullmatch((await rotated(api, "/users/nina"))["secret"])
    said = await api.refused(409, "conflict", "POST", "/endpoints/crm/rotate-secret")
    assert said == "endpoint 'crm' has a secret of the secret store; rotate it there"
    await api.refused(409, "conflict", "POST", "/endpoints/ninas/rotate-secret")


@pytest.mark.parametrize("user", ["nobody", "%00", "..", "%2E%2E", "x/rotate-secret", ""])
async def test_a_user_without_endpoints_gets_no_secret(api: Caller, user: str) -> None:
    await api.refused(404, "not_found", "POST", f"/users/{user}/rotate-secret")


async def test_where_a_signature_has_room_for_one_secret_grace_is_refused(api: Caller) -> None:
    webhook = "team/bare"
    told = await api.created(webhook=webhook)
    path = f"/endpoints/{told['endpoint']['id']}/rotate-secret"
    said = await api.refused(422, "payload_invalid", "POST", path, webhook=webhook)
    assert "has room for one secret only; write 0" in said
    answer = await api("POST", path, webhook=webhook, json={"grace": 0})
    assert await live(api, told["endpoint"]["id"]) == [answer.json()["secret"]]


async def test_a_deleted_endpoint_leaves_no_secret_and_a_user_s_stays(api: Caller) -> None:
    alone, owned = await api.created(), await api.created(user_id="tom")
    for each in (alone, owned):
        await api("DELETE", f"/endpoints/{each['endpoint']['id']}")
    store = api.service.tools.endpoints
    assert await store.secrets([alone["endpoint"]["id"]], at=datetime.now(UTC)) == {}
    assert (await api.created(user_id="tom"))["secret"] is None


async def test_customers_verify_during_a_rotation_with_either_secret(api: Caller) -> None:
    async with running_customer() as customer:
        told = await api.created(url=customer.url)
        place = f"/endpoints/{told['endpoint']['id']}"
        await api("POST", f"{place}/test")
        new = await rotated(api, place)
        await api("POST", f"{place}/test")
        assert verifies(customer, 0, told["secret"])
        assert not verifies(customer, 0, new["secret"])
        assert verifies(customer, 1, told["secret"])
        assert verifies(customer, 1, new["secret"])


def verifies(customer: Customer, number: int, secret: str) -> bool:
    request = customer.requests[number]
    try:
        Webhook(secret.replace("whcms_", "whsec_")).verify(request.body, dict(request.headers))
    except Exception:  # noqa: BLE001  # which one is the library's own matter
        return False
    return True


def bytes_of(folder: Path) -> bytes:
    """All that the database has written."""
    return b"".join(each.read_bytes() for each in folder.glob("layeron.db*"))


async def test_a_secret_is_in_no_other_answer_nor_log_nor_in_the_database(
    tmp_path: Path, temporal: TemporalServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets: list[str] = []
    answers: list[httpx2.Response] = []
    histories: list[str] = []
    async with (
        calling(tmp_path, temporal, outbound_allow="127.0.0.0/8") as api,
        running_customer() as customer,
    ):
        for options in ({"name": "one"}, {"name": "two", "user_id": "nina"}):
            told = await api.created(url=customer.url, **options)
            secrets.append(told["secret"])
            answers.append(await api("POST", f"/endpoints/{options['name']}/test"))
        secrets.append((await rotated(api, "/endpoints/one"))["secret"])
        secrets.append((await rotated(api, "/users/nina"))["secret"])
        paths = ("", "/one", "/two", "/one/deliveries", "/two/deliveries", "/nobody")
        answers += [await api("GET", f"/endpoints{path}") for path in paths]
        answers.append(await api("PATCH", "/endpoints/one", json={"description": "x"}))
        answers += [await api("POST", f"/endpoints/one/{doing}") for doing in ("disable", "test")]
        answers.append(await api.service.api("GET", "/events"))
        for record in answers[:2]:
            answers.append(await api.service.api("GET", f"/events/{record.json()['id']}"))
            handle = api.service.temporal.get_workflow_handle(record.json()["workflow_id"])
            histories.append((await handle.fetch_history()).to_json())
    assert all(each is not None for each in secrets)
    said = "".join(each.text for each in answers) + caplog.text + "".join(histories)
    on_disk = bytes_of(tmp_path)
    assert b"endpoint_secrets" in on_disk
    for secret in secrets:
        bare = secret.partition("_")[2]
        assert bare not in said
        assert bare.encode() not in on_disk
    assert not ANY.search(said)
    assert KEY not in said
    assert KEY.encode() not in on_disk


async def test_a_key_that_goes_missing_is_told_with_the_mend_and_nothing_is_left(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with calling(tmp_path, temporal, worker=False) as api:
        told = await api.created()
        file = tmp_path / FILE_NAME
        held = file.read_text()
        file.write_text("{}")
        for path in ("/endpoints", f"/endpoints/{told['endpoint']['id']}/rotate-secret"):
            asked = {"url": URL} if path == "/endpoints" else {}
            said = await api.refused(503, "unavailable", "POST", path, json=asked)
            assert f"layeron secrets set {ENCRYPTION_KEY.name} --generate" in said
        file.write_text(held)
        assert len((await api("GET", "/endpoints")).json()["endpoints"]) == 4


async def test_a_service_that_sends_does_not_start_without_a_key(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app = backend()
    async with calling(tmp_path, temporal, app, worker=False) as api:
        settings = api.service.settings
    (tmp_path / FILE_NAME).unlink()
    async with open_toolbox(settings) as tools:
        await tools.check(app)
        app.use(webhooks.out("out"))
        mend = f"layeron secrets set {ENCRYPTION_KEY.name} --generate"
        with pytest.raises(SecretUnavailableError, match=mend):
            await tools.check(app)
