"""Endpoints created at run time: kept whole, found, changed, deleted, listed, and capped."""

import asyncio
from dataclasses import replace

import pytest

from layeron.errors import ConflictError, CursorError, NotFoundError
from layeron.outbound.records import EndpointRecord, EndpointState
from layeron.ports.endpoints import EndpointStore
from tests.contract.endpoints.examples import (
    NOON,
    a_declared_endpoint,
    a_secret,
    after,
    an_endpoint,
)

MOST = 3


async def add(store: EndpointStore, *endpoints: EndpointRecord) -> None:
    for each in endpoints:
        await store.add(each, most=MOST if each.user_id else 1_000)


async def test_an_endpoint_comes_back_as_it_was(store: EndpointStore) -> None:
    endpoint = an_endpoint(user_id="customer \ud800 7", rate_limit=2.5, fifo=True)
    await add(store, endpoint)
    assert await store.get(endpoint.id) == endpoint
    assert await store.find("default", "orders", "crm") == endpoint


async def test_the_same_endpoint_again_is_fine(store: EndpointStore) -> None:
    endpoint = an_endpoint(user_id="7")
    await store.add(endpoint, most=1)
    await store.add(endpoint, most=1)
    page = await store.list(namespace="default", webhook="orders", limit=10)
    assert page.endpoints == [endpoint]


async def test_a_name_is_taken_once_by_each_owner_in_a_webhook(store: EndpointStore) -> None:
    for owner in (None, "7", "8"):
        await add(store, an_endpoint("crm", user_id=owner))
        with pytest.raises(ConflictError, match="endpoint 'crm' already; choose another name"):
            await add(store, an_endpoint("crm", user_id=owner))
    await add(store, an_endpoint("crm", webhook="invoices"))
    await add(store, an_endpoint("crm", namespace="eu"))


async def test_a_name_of_several_owners_names_none_of_their_endpoints(
    store: EndpointStore,
) -> None:
    owned = [an_endpoint("crm", user_id=owner, at=after(int(owner))) for owner in "1234"]
    await add(store, *owned)
    with pytest.raises(ConflictError, match="several customers have an endpoint 'crm'") as refused:
        await store.find("default", "orders", "crm")
    assert [each.id in str(refused.value) for each in owned] == [True, True, True, False]
    for each in owned[1:]:
        await store.delete(each.id)
    assert await store.find("default", "orders", "crm") == owned[0]


async def test_a_user_has_only_so_many_in_a_webhook(store: EndpointStore) -> None:
    await add(store, *(an_endpoint(f"e{n}", user_id="7") for n in range(MOST)))
    with pytest.raises(ConflictError, match="user '7' has 3 endpoints, and at most 3"):
        await add(store, an_endpoint("one-more", user_id="7"))
    await add(store, an_endpoint("a", user_id="8"), an_endpoint("b", user_id="7", webhook="x"))


async def test_what_belongs_to_no_user_is_counted_together(store: EndpointStore) -> None:
    await add(store, *(an_endpoint(f"e{n}") for n in range(MOST + 2)))
    with pytest.raises(ConflictError, match="has 5 endpoints without an owner, and at most 5"):
        await store.add(an_endpoint("one-more"), most=MOST + 2)
    await store.add(an_endpoint("owned", user_id="7"), most=1)


async def test_creates_at_once_do_not_pass_the_cap(store: EndpointStore) -> None:
    wanted = [an_endpoint(f"e{n}", user_id="7") for n in range(12)]
    results = await asyncio.gather(
        *(store.add(each, most=MOST) for each in wanted), return_exceptions=True
    )
    assert sum(isinstance(each, ConflictError) for each in results) == 12 - MOST
    page = await store.list(namespace="default", webhook="orders", limit=20)
    assert len(page.endpoints) == MOST


async def test_creates_of_one_name_at_once_leave_one(store: EndpointStore) -> None:
    results = await asyncio.gather(
        *(store.add(an_endpoint(user_id="7"), most=MOST) for _ in range(8)),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in results) == ["ConflictError"] * 7 + ["NoneType"]


async def test_a_change_replaces_the_configuration_and_keeps_the_state(
    store: EndpointStore,
) -> None:
    endpoint = an_endpoint(user_id="7")
    await add(store, endpoint)
    state = await store.set_status(endpoint, "disabled", reason="operator", at=after(5))
    changed = replace(
        endpoint, name="crm2", url="https://new.example.com", headers={}, updated_at=after(9)
    )
    assert await store.change(changed, read_at=endpoint.updated_at)
    assert await store.get(endpoint.id) == replace(changed, state=state)
    with pytest.raises(NotFoundError, match="no endpoint 'crm'"):
        await store.find("default", "orders", "crm")


async def test_of_two_changes_of_what_both_have_read_one_is_refused(store: EndpointStore) -> None:
    endpoint = an_endpoint()
    await add(store, endpoint)
    wanted = [
        replace(endpoint, description=str(number), updated_at=after(number)) for number in (1, 2, 3)
    ]
    changed = await asyncio.gather(
        *(store.change(each, read_at=endpoint.updated_at) for each in wanted)
    )
    assert sorted(changed) == [False, False, True]
    assert await store.get(endpoint.id) == wanted[changed.index(True)]


async def test_header_fields_are_renewed_unless_they_were_changed(store: EndpointStore) -> None:
    endpoint = an_endpoint(headers={"authorization": "old", "x-tenant": "7"})
    await add(store, endpoint)
    renewed = {"authorization": "new", "x-tenant": "7"}
    await store.renew_headers(endpoint.id, read=endpoint.headers, renewed=renewed)
    assert await store.get(endpoint.id) == replace(endpoint, headers=renewed)
    await store.renew_headers(endpoint.id, read=endpoint.headers, renewed={"authorization": "?"})
    await store.renew_headers("whep_nobody", read={}, renewed={"authorization": "?"})
    assert (await store.get(endpoint.id)).headers == renewed


async def test_a_change_does_not_take_the_name_of_another(store: EndpointStore) -> None:
    one, two = an_endpoint("one"), an_endpoint("two", at=after(1))
    await add(store, one, two)
    with pytest.raises(ConflictError, match="endpoint 'one' already"):
        await store.change(replace(two, name="one"), read_at=two.updated_at)
    assert await store.change(one, read_at=one.updated_at)


async def test_a_deleted_endpoint_and_its_secrets_are_gone(store: EndpointStore) -> None:
    endpoint = an_endpoint()
    await add(store, endpoint)
    for number, owner in enumerate((endpoint.id, "user/default/orders/7")):
        await store.add_secret(owner, a_secret(number), others_expire_at=None, keep=10)
    await store.delete(endpoint.id)
    assert list(await store.secrets([endpoint.id, "user/default/orders/7"], at=NOON)) == [
        "user/default/orders/7"
    ]
    changing = store.change(endpoint, read_at=endpoint.updated_at)
    for again in (store.get(endpoint.id), store.delete(endpoint.id), changing):
        with pytest.raises(NotFoundError, match=f"no endpoint {endpoint.id} "):
            await again
    await add(store, an_endpoint())  # its name is free


async def test_a_declared_endpoint_is_not_one_of_those(store: EndpointStore) -> None:
    declared = a_declared_endpoint("crm")
    await store.set_status(declared, "disabled", reason="operator", at=NOON)
    changing = store.change(declared, read_at=None)
    for attempt in (store.get(declared.id), store.delete(declared.id), changing):
        with pytest.raises(NotFoundError):
            await attempt
    with pytest.raises(NotFoundError):
        await store.find("default", "orders", "crm")
    assert await store.matching("default", "orders", user_id=None) == []
    assert (await store.list(namespace="default", webhook="orders", limit=5)).endpoints == []
    await add(store, an_endpoint("crm"))  # who may have which name is for the declaration to say


async def test_pages_follow_each_other_newest_first(store: EndpointStore) -> None:
    endpoints = [an_endpoint(f"e{n}", at=after(n)) for n in range(5)]
    await add(store, *endpoints, an_endpoint(webhook="invoices"))
    seen: list[str] = []
    cursor = None
    while True:
        page = await store.list(namespace="default", webhook="orders", limit=2, cursor=cursor)
        seen += [each.name for each in page.endpoints]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == ["e4", "e3", "e2", "e1", "e0"]


async def test_a_page_may_be_of_one_user(store: EndpointStore) -> None:
    mine = an_endpoint("mine", user_id="7")
    await add(store, mine, an_endpoint("all"), an_endpoint("theirs", user_id="8"))
    page = await store.list(namespace="default", webhook="orders", user_id="7", limit=10)
    assert page.endpoints == [mine]


@pytest.mark.parametrize("cursor", ["", "nonsense", "whevt_01ARZ3NDEKTSV4RRFFQ69G5FAV"])
async def test_what_is_no_cursor_is_refused(store: EndpointStore, cursor: str) -> None:
    with pytest.raises(CursorError, match="not a cursor"):
        await store.list(namespace="default", webhook="orders", limit=10, cursor=cursor)


async def test_an_event_may_go_to_endpoints_of_its_user_and_of_nobody(
    store: EndpointStore,
) -> None:
    await add(
        store,
        an_endpoint("all", at=after(1)),
        an_endpoint("mine", at=after(2), user_id="7"),
        an_endpoint("theirs", at=after(3), user_id="8"),
        an_endpoint("elsewhere", webhook="invoices"),
    )
    found = await store.matching("default", "orders", user_id="7")
    assert [each.name for each in found] == ["all", "mine"]
    found = await store.matching("default", "orders", user_id=None)
    assert [each.name for each in found] == ["all"]


async def test_a_match_tells_how_the_endpoint_is_doing(store: EndpointStore) -> None:
    endpoint = an_endpoint()
    await add(store, endpoint)
    await store.set_status(endpoint, "disabled", reason="operator", at=NOON)
    (found,) = await store.matching("default", "orders", user_id=None)
    assert found.state == EndpointState("disabled", "operator", NOON)


async def test_a_thousand_states_are_read_at_once(store: EndpointStore) -> None:
    declared = a_declared_endpoint()
    await store.set_status(declared, "disabled", reason="operator", at=NOON)
    others = [a_declared_endpoint(f"e{n}").id for n in range(1_200)]
    assert list(await store.states([*others, declared.id])) == [declared.id]


async def test_what_nothing_happened_to_has_no_state(store: EndpointStore) -> None:
    endpoint = an_endpoint()
    await add(store, endpoint)
    assert await store.states([endpoint.id, a_declared_endpoint().id]) == {}


@pytest.mark.parametrize("endpoint", [an_endpoint(), a_declared_endpoint()])
async def test_an_endpoint_is_disabled_and_enabled(
    store: EndpointStore, endpoint: EndpointRecord
) -> None:
    if not endpoint.declared:
        await add(store, endpoint)
    disabled = EndpointState("disabled", "operator", NOON)
    assert await store.set_status(endpoint, "disabled", reason="operator", at=NOON) == disabled
    assert await store.states([endpoint.id]) == {endpoint.id: disabled}
    again = await store.set_status(endpoint, "disabled", reason="operator", at=after(9))
    assert again == disabled
    enabled = await store.set_status(endpoint, "enabled", reason=None, at=after(10))
    assert enabled == EndpointState()
    assert await store.states([endpoint.id]) == {}


async def test_a_deleted_endpoint_cannot_be_enabled(store: EndpointStore) -> None:
    with pytest.raises(NotFoundError):
        await store.set_status(an_endpoint(), "enabled", reason=None, at=NOON)


async def test_a_declared_endpoint_is_disabled_by_many_at_once(store: EndpointStore) -> None:
    endpoint = a_declared_endpoint()
    states = await asyncio.gather(
        *(store.set_status(endpoint, "disabled", reason="operator", at=after(n)) for n in range(8))
    )
    assert len({each.disabled_at for each in states}) == 1
