"""Every documented operation is for those alone who have a key, in force and of enough scope."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from api.reference import reference
from layeron.keys import new_key
from layeron.operating_records import ApiKey, Scope
from tests.api.sending import accepted, fresh
from tests.support.service import Service

EXAMPLES = {
    "event_id": "whevt_01M87HX43ACC2282GBSNFBF3Q6",
    "rejection_id": "whrej_01M87HX43ACC2282GBSNFBF3Q6",
    "bulk_id": "whblk_01M87HX43ACC2282GBSNFBF3Q6",
    "user_id": "nina",
    "namespace": "default",
    "webhook": "shop",
    "endpoint": "crm",
    "key_id": "x",
}
HELD: dict[Scope, set[Scope]] = {
    "read": {"read"},
    "replay": {"read", "replay"},
    "send": {"send"},
    "admin": {"read", "replay", "send", "admin"},
}


def operations() -> Iterator[tuple[str, str, Scope]]:
    """Method, path and scope of each documented operation that needs a key."""
    for path, methods in reference()["paths"].items():
        for method, operation in methods.items():
            if operation["security"]:
                filled = re.sub(r"{(\w+)}", lambda name: EXAMPLES[name[1]], path)
                yield method.upper(), filled, operation["x-scope"]


OPERATIONS = sorted(operations())


async def key_with(service: Service, *scopes: Scope) -> str:
    key, text = new_key("+".join(scopes), scopes)
    await service.tools.records.add_key(key)
    return text


async def call(service: Service, method: str, path: str, key: str | None) -> tuple[int, str]:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    answer = await service.http.request(method, path, headers=headers)
    problem: Any = answer.json() if answer.content and answer.is_error else None
    return answer.status_code, problem["error"]["code"] if problem else ""


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
async def test_an_operation_is_refused_without_a_key_in_force_or_its_scope(
    service: Service, method: str, path: str, scope: Scope
) -> None:
    revoked, its_text = new_key("revoked")
    await service.tools.records.add_key(revoked)
    await service.tools.records.revoke_key(revoked.id, at=datetime.now(UTC))
    for key in (None, new_key("never kept")[1], its_text):
        assert await call(service, method, path, key) == (401, "unauthorized")
    for other in get_args(Scope):
        if scope not in HELD[other]:
            key = await key_with(service, other)
            assert await call(service, method, path, key) == (403, "forbidden")


@pytest.mark.parametrize("held", get_args(Scope))
@pytest.mark.parametrize("wanted", get_args(Scope))
def test_a_key_may_what_its_scopes_hold(held: Scope, wanted: Scope) -> None:
    key, _ = new_key("some", [held])
    assert key.may(wanted) is (wanted in HELD[held])


async def test_scopes_add_up(service: Service) -> None:
    both = await key_with(service, "send", "read")
    assert (await call(service, "GET", "/api/v1/keys", both))[0] == 200
    sending = "/api/v1/webhooks/default/nowhere/events"
    assert await call(service, "POST", sending, both) == (400, "bad_request")
    assert (await call(service, "POST", "/api/v1/keys", both))[0] == 403


def test_a_key_of_before_there_were_scopes_may_everything() -> None:
    key = ApiKey("id", "old", "hash", datetime.now(UTC))
    assert all(key.may(scope) for scope in get_args(Scope))


async def test_a_refusal_names_the_scope_and_nothing_is_done(service: Service) -> None:
    event_id = await accepted(service.http, fresh())
    await service.settled(event_id)
    reading = await key_with(service, "read")
    headers = {"authorization": f"Bearer {reading}"}
    answer = await service.http.post(f"/api/v1/events/{event_id}/replay", headers=headers)
    assert answer.status_code == 403
    assert "'replay'" in answer.json()["error"]["message"]
    assert (await service.settled(event_id)).replays == []
    replaying = await key_with(service, "replay")
    headers = {"authorization": f"Bearer {replaying}"}
    answer = await service.http.post(f"/api/v1/events/{event_id}/replay", headers=headers)
    assert answer.status_code == 202
    await service.settled(event_id, replays=1)


def test_the_scopes_are_those_that_were_agreed() -> None:
    assert {path for _, path, scope in OPERATIONS if scope == "send"} == {
        "/api/v1/webhooks/default/shop/events"
    }
    assert {scope for method, _, scope in OPERATIONS if method == "GET"} == {"read"}
    replays = {path.rpartition("/")[2] for _, path, scope in OPERATIONS if scope == "replay"}
    assert replays == {
        "replay",
        "accept",
        "skip",
        "retry",
        "bulk-replays",
        "pause",
        "resume",
        "stop",
    }
