"""What every store of raw bodies promises; an adapter's tests inherit it and bring the store."""

import asyncio
import hashlib
import os

import pytest

from layeron.errors import BodyLostError
from layeron.ports.blobs import BlobStore

NAME = "default/stripe/2026/05/01/5f2c-9a81"
TEN_MEBIBYTES = 10 * 2**20
NAMES_NO_STORE_TAKES = [
    "",
    "/etc/passwd",
    "..",
    "../outside",
    "a/../../outside",
    "a/./b",
    "a//b",
    "a/",
    ".unfinished/left-over",
    "a\\..\\b",
    "a\0b",
    "a\n",
    "gs://other/object",
    "x" * 300,
]


class BlobStoreContract:
    """The promises of the port."""

    async def test_a_body_comes_back_byte_for_byte(self, store: BlobStore) -> None:
        body = bytes(range(256)) + b"\r\n\0" + "é".encode()
        await store.put(NAME, body)
        assert await store.get(NAME) == body

    async def test_an_empty_body_is_a_body(self, store: BlobStore) -> None:
        await store.put(NAME, b"")
        assert await store.get(NAME) == b""

    async def test_a_body_of_the_largest_size_comes_back(self, store: BlobStore) -> None:
        body = os.urandom(TEN_MEBIBYTES)
        await store.put(NAME, body)
        assert await store.get(NAME) == body

    @pytest.mark.parametrize("size", [1, TEN_MEBIBYTES])
    async def test_the_first_body_of_a_name_stays(self, store: BlobStore, size: int) -> None:
        first = os.urandom(size)
        await store.put(NAME, first)
        await store.put(NAME, os.urandom(size))
        assert await store.get(NAME) == first

    async def test_of_many_puts_at_once_one_whole_body_wins_and_stays(
        self, store: BlobStore
    ) -> None:
        async def put_and_get(body: bytes) -> bytes:
            await store.put(NAME, body)
            return await store.get(NAME)

        bodies = [os.urandom(100_000) for _ in range(20)]
        (winner,) = set(await asyncio.gather(*map(put_and_get, bodies)))
        assert winner in bodies

    async def test_many_bodies_travel_at_once(self, store: BlobStore) -> None:
        bodies = [os.urandom(1_000) for _ in range(100)]
        names = [f"many/{hashlib.sha256(body).hexdigest()}" for body in bodies]
        await asyncio.gather(*map(store.put, names, bodies))
        assert await asyncio.gather(*map(store.get, names)) == bodies

    async def test_a_body_that_is_not_there_is_lost(self, store: BlobStore) -> None:
        await store.put(NAME, b"another")
        with pytest.raises(BodyLostError, match="no/such-body"):
            await store.get("no/such-body")
        with pytest.raises(BodyLostError):
            await store.get(f"{NAME}/below")
        with pytest.raises(BodyLostError):
            await store.get("default/stripe")

    async def test_a_deleted_body_is_lost(self, store: BlobStore) -> None:
        await store.put(NAME, b"body")
        await store.delete(NAME)
        with pytest.raises(BodyLostError):
            await store.get(NAME)

    async def test_deleting_what_is_not_there_is_fine(self, store: BlobStore) -> None:
        await store.delete(NAME)
        await store.put(NAME, b"body")
        await store.delete(NAME)
        await store.delete(NAME)
        await store.put(NAME, b"body")
        await store.delete(f"{NAME}/below")
        await store.delete("default/stripe")
        assert await store.get(NAME) == b"body"

    async def test_a_deleted_name_can_be_used_again(self, store: BlobStore) -> None:
        await store.put(NAME, b"first")
        await store.delete(NAME)
        await store.put(NAME, b"second")
        assert await store.get(NAME) == b"second"

    async def test_a_store_that_can_be_used_says_so(self, store: BlobStore) -> None:
        await store.check()

    @pytest.mark.parametrize("name", NAMES_NO_STORE_TAKES)
    async def test_a_name_that_leads_astray_is_refused(self, store: BlobStore, name: str) -> None:
        with pytest.raises(ValueError, match="not a name of an object"):
            await store.put(name, b"body")
        with pytest.raises(ValueError, match="not a name of an object"):
            await store.get(name)
        with pytest.raises(ValueError, match="not a name of an object"):
            await store.delete(name)
