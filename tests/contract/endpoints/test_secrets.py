"""Generated signing secrets: the first one, rotations, graces, and the cap on old ones."""

import asyncio
from dataclasses import replace
from datetime import datetime

from layeron.outbound.records import StoredSecret
from layeron.ports.endpoints import EndpointStore
from tests.contract.endpoints.examples import NOON, a_secret, after

OWNER = "whep_01ARZ3NDEKTSV4RRFFQ69G5FAV"
DAY = 86_400


async def rotate(
    store: EndpointStore, secret: StoredSecret, *, until: datetime, keep: int = 10
) -> list[str]:
    live = await store.add_secret(OWNER, secret, others_expire_at=until, keep=keep)
    return [each.id for each in live]


async def live(store: EndpointStore, at: datetime) -> list[str]:
    found = await store.secrets([OWNER], at=at)
    return [each.id for each in found.get(OWNER, ())]


async def test_the_first_secret_of_an_owner_is_kept(store: EndpointStore) -> None:
    assert await store.secrets([OWNER], at=NOON) == {}
    first = a_secret(1)
    assert await store.add_secret(OWNER, first, others_expire_at=None, keep=10) == [first]
    second = await store.add_secret(OWNER, a_secret(2), others_expire_at=None, keep=10)
    assert second == [first]
    assert await store.secrets([OWNER], at=NOON) == {OWNER: [first]}


async def test_first_secrets_made_at_once_are_one(store: EndpointStore) -> None:
    results = await asyncio.gather(
        *(store.add_secret(OWNER, a_secret(n), others_expire_at=None, keep=10) for n in range(10))
    )
    assert len({tuple(each.id for each in result) for result in results}) == 1
    assert len(results[0]) == 1


async def test_the_secret_before_signs_until_its_grace_ends(store: EndpointStore) -> None:
    await rotate(store, a_secret(1), until=NOON)
    assert await rotate(store, a_secret(2, at=after(10)), until=after(DAY)) == [
        "whkey_2",
        "whkey_1",
    ]
    found = (await store.secrets([OWNER], at=after(10)))[OWNER]
    assert found == [
        a_secret(2, at=after(10)),
        replace(a_secret(1), expires_at=after(DAY)),
    ]
    assert await live(store, after(DAY - 1)) == ["whkey_2", "whkey_1"]
    assert await live(store, after(DAY)) == ["whkey_2"]


async def test_a_rotation_leaves_earlier_graces_as_they_were(store: EndpointStore) -> None:
    await rotate(store, a_secret(1), until=NOON)
    await rotate(store, a_secret(2, at=after(1)), until=after(100))
    await rotate(store, a_secret(3, at=after(2)), until=after(50))
    assert await live(store, after(49)) == ["whkey_3", "whkey_2", "whkey_1"]
    assert await live(store, after(99)) == ["whkey_3", "whkey_1"]


async def test_without_a_grace_only_the_new_one_signs(store: EndpointStore) -> None:
    await rotate(store, a_secret(1), until=NOON)
    assert await rotate(store, a_secret(2, at=after(5)), until=after(5)) == ["whkey_2"]
    assert await live(store, NOON) == ["whkey_2"]


async def test_without_a_grace_earlier_graces_end_too(store: EndpointStore) -> None:
    await rotate(store, a_secret(1), until=NOON)
    await rotate(store, a_secret(2, at=after(1)), until=after(DAY))
    assert await rotate(store, a_secret(3, at=after(2)), until=after(2)) == ["whkey_3"]
    assert await live(store, NOON) == ["whkey_3"]


async def test_the_oldest_go_when_there_are_too_many(store: EndpointStore) -> None:
    for number in range(6):
        await rotate(store, a_secret(number, at=after(number)), until=after(DAY), keep=3)
    assert await live(store, after(10)) == ["whkey_5", "whkey_4", "whkey_3", "whkey_2"]


async def test_the_same_rotation_again_changes_nothing(store: EndpointStore) -> None:
    await rotate(store, a_secret(1), until=NOON)
    first = await rotate(store, a_secret(2, at=after(5)), until=after(DAY))
    assert await rotate(store, a_secret(2, at=after(5)), until=after(DAY)) == first


async def test_rotations_at_once_leave_one_current_secret(store: EndpointStore) -> None:
    await asyncio.gather(*(rotate(store, a_secret(n), until=after(DAY)) for n in range(8)))
    found = (await store.secrets([OWNER], at=NOON))[OWNER]
    assert len(found) == 8
    assert [each.expires_at for each in found] == [None] + [after(DAY)] * 7


async def test_a_renewed_secret_is_the_same_but_for_its_ciphertext(store: EndpointStore) -> None:
    await rotate(store, a_secret(1), until=NOON)
    await rotate(store, a_secret(2, at=after(10)), until=after(DAY))
    before = (await store.secrets([OWNER], at=after(10)))[OWNER]
    await store.renew_secrets([(each, f"renewed {each.ciphertext}") for each in before])
    renewed = (await store.secrets([OWNER], at=after(10)))[OWNER]
    assert renewed == [replace(each, ciphertext=f"renewed {each.ciphertext}") for each in before]


async def test_of_two_who_renew_a_secret_the_later_one_changes_nothing(
    store: EndpointStore,
) -> None:
    first = a_secret(1)
    await rotate(store, first, until=NOON)
    await store.renew_secrets([(first, "renewed")])
    await store.renew_secrets([(first, "renewed with a key that is older")])
    (found,) = (await store.secrets([OWNER], at=NOON))[OWNER]
    assert found.ciphertext == "renewed"


async def test_owners_are_kept_apart(store: EndpointStore) -> None:
    await store.add_secret("a", a_secret(1), others_expire_at=None, keep=1)
    await store.add_secret("b", a_secret(2), others_expire_at=None, keep=1)
    found = await store.secrets(["a", "b", "c"], at=NOON)
    assert {owner: [each.id for each in secrets] for owner, secrets in found.items()} == {
        "a": ["whkey_1"],
        "b": ["whkey_2"],
    }
