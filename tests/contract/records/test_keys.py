"""API keys."""

from dataclasses import replace

import pytest

from layeron.errors import NotFoundError
from layeron.operating_records import ApiKey, Scope
from layeron.ports.records import RecordStore
from tests.contract.records.examples import NOON, after

KEY = ApiKey("key_1", "deploy", "ab" * 32, NOON)


async def test_a_key_is_found_by_its_id(store: RecordStore) -> None:
    await store.add_key(KEY)
    assert await store.find_key("key_1") == KEY


@pytest.mark.parametrize("scopes", [("read",), ("send", "replay"), ("admin",)])
async def test_a_key_is_good_for_what_it_was_made_for(
    store: RecordStore, scopes: tuple[Scope, ...]
) -> None:
    key = replace(KEY, scopes=scopes)
    await store.add_key(key)
    assert await store.find_key("key_1") == key
    assert await store.list_keys() == [key]


@pytest.mark.parametrize("key_id", ["key_2", "", "key_1\0", "\ud800", "x" * 100_000])
async def test_a_key_nobody_made_is_not_found(store: RecordStore, key_id: str) -> None:
    await store.add_key(KEY)
    assert await store.find_key(key_id) is None


async def test_keys_are_listed_oldest_first(store: RecordStore) -> None:
    keys = [replace(KEY, id=f"key_{n}", created_at=after(n)) for n in (3, 1, 2)]
    for key in keys:
        await store.add_key(key)
    assert [key.id for key in await store.list_keys()] == ["key_1", "key_2", "key_3"]


async def test_a_revoked_key_stays_and_says_since_when(store: RecordStore) -> None:
    await store.add_key(KEY)
    await store.revoke_key("key_1", at=after(5))
    await store.revoke_key("key_1", at=after(6))
    assert await store.find_key("key_1") == replace(KEY, revoked_at=after(5))


async def test_a_key_nobody_made_cannot_be_revoked(store: RecordStore) -> None:
    with pytest.raises(NotFoundError, match="no API key key_2"):
        await store.revoke_key("key_2", at=NOON)
