import asyncio
import itertools
import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from layeron.adapters.gcs import GCSBlobStore
from layeron.errors import BlobStoreUnavailableError, BodyLostError
from tests.contract.blobs.suite import NAME, TEN_MEBIBYTES, BlobStoreContract
from tests.support import broken_server
from tests.support.broken_server import Connection
from tests.support.fake_gcs import create_bucket, running_fake_gcs

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    with running_fake_gcs() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(endpoint: str) -> str:
    name = f"bodies-{next(numbers)}"
    create_bucket(endpoint, name)
    return name


@pytest.fixture
async def store(endpoint: str, bucket: str) -> AsyncIterator[GCSBlobStore]:
    store = GCSBlobStore(bucket, "raw/bodies", endpoint=endpoint)
    yield store
    await store.close()


class TestGCS(BlobStoreContract):
    pass


@asynccontextmanager
async def store_behind(
    answer: Connection, bucket: str = "bodies", patience: float = 0.2
) -> AsyncGenerator[GCSBlobStore]:
    async with broken_server.serving(answer) as address:
        store = GCSBlobStore(
            bucket, endpoint=f"http://{address}", timeout=patience, deadline=3 * patience
        )
        yield store
        await store.close()


@pytest.mark.parametrize(
    "answer",
    [
        broken_server.answering(503),
        broken_server.answering(429),
        broken_server.answering(500),
        broken_server.answering(400, b"<html>what is this?</html>"),
        broken_server.answering(200, b"<html>a captive portal</html>"),
        broken_server.reset,
        broken_server.hang,
        broken_server.drip,
    ],
    ids=["503", "429", "500", "400", "portal", "reset", "hang", "drip"],
)
async def test_a_bucket_that_does_not_answer_is_trouble_of_ours(answer: Connection) -> None:
    async with store_behind(answer) as store:
        with pytest.raises(BlobStoreUnavailableError, match="The bucket bodies does not answer"):
            await store.put(NAME, b"body")
        with pytest.raises(BlobStoreUnavailableError, match="The bucket bodies does not answer"):
            await store.check()


@pytest.mark.parametrize("answer", [broken_server.hang, broken_server.drip])
async def test_a_read_that_does_not_end_is_trouble_of_ours(answer: Connection) -> None:
    async with store_behind(answer) as store:
        with pytest.raises(BlobStoreUnavailableError):
            await store.get(NAME)


@pytest.mark.parametrize("status", [401, 403])
async def test_refused_credentials_are_trouble_of_ours_and_the_mend_is_named(status: int) -> None:
    async with store_behind(broken_server.answering(status)) as store:
        for call in (store.put(NAME, b"body"), store.delete(NAME), store.check()):
            with pytest.raises(BlobStoreUnavailableError, match=r"roles/storage\.objectUser"):
                await call


async def test_no_server_at_all_is_trouble_of_ours() -> None:
    async with broken_server.serving(broken_server.hang) as address:
        pass
    store = GCSBlobStore("bodies", endpoint=f"http://{address}", timeout=0.2, deadline=0.5)
    for call in (store.put(NAME, b"body"), store.get(NAME), store.delete(NAME), store.check()):
        with pytest.raises(BlobStoreUnavailableError, match="does not answer"):
            await call
    await store.close()


@pytest.mark.parametrize("size", [4, TEN_MEBIBYTES])
@pytest.mark.parametrize("trouble", [broken_server.answering(503), broken_server.reset])
async def test_passing_trouble_is_not_noticed(
    endpoint: str, bucket: str, trouble: Connection, size: int
) -> None:
    body = os.urandom(size)
    answer = broken_server.first(1, trouble, then=broken_server.passing_on(endpoint))
    async with store_behind(answer, bucket, patience=5) as store:
        await store.put(NAME, body)
    answer = broken_server.first(1, trouble, then=broken_server.passing_on(endpoint))
    async with store_behind(answer, bucket, patience=5) as store:
        assert await store.get(NAME) == body


async def test_a_request_without_an_answer_is_made_again(endpoint: str, bucket: str) -> None:
    answer = broken_server.first(1, broken_server.hang, then=broken_server.passing_on(endpoint))
    async with store_behind(answer, bucket, patience=2) as store:
        await store.put(NAME, b"body")
        assert await store.get(NAME) == b"body"


async def test_a_bucket_that_is_missing_has_lost_nothing(endpoint: str) -> None:
    store = GCSBlobStore("no-such-bucket", endpoint=endpoint)
    for call in (store.put(NAME, b"body"), store.get(NAME), store.check()):
        with pytest.raises(BlobStoreUnavailableError, match="no-such-bucket does not exist"):
            await call
    await store.close()


async def test_bytes_altered_on_their_way_down_are_not_taken_for_the_body(
    endpoint: str, bucket: str, store: GCSBlobStore
) -> None:
    del store
    whole = GCSBlobStore(bucket, endpoint=endpoint)
    await whole.put(NAME, b"pay 100 to Alice")
    await whole.close()
    altering = broken_server.passing_on(endpoint, got=(b"Alice", b"Mally"))
    async with store_behind(altering, bucket) as store:
        with pytest.raises(BlobStoreUnavailableError, match="DataCorruption"):
            await store.get(NAME)


async def test_a_body_is_sent_with_its_checksum_so_that_the_bucket_refuses_altered_bytes() -> None:
    requests: list[bytes] = []

    async def record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await broken_server.read_request(reader))
        await broken_server.respond(writer, 404)

    async with store_behind(record) as store:
        with pytest.raises(BlobStoreUnavailableError):
            await store.put(NAME, b"body")
    assert b'"crc32c": "Jj/JUA=="' in requests[0]
    assert b"ifGenerationMatch=0" in requests[0]


async def test_bytes_of_a_large_body_altered_on_their_way_up_are_not_kept(
    endpoint: str, bucket: str
) -> None:
    body = b"pay 100 to Alice" + bytes(TEN_MEBIBYTES)
    altering = broken_server.passing_on(endpoint, sent=(b"Alice", b"Mally"))
    async with store_behind(altering, bucket, patience=5) as store:
        with pytest.raises(BlobStoreUnavailableError, match="DataCorruption"):
            await store.put(NAME, body)
        with pytest.raises(BodyLostError):
            await store.get(NAME)


async def test_calls_waiting_for_a_connection_do_not_wait_for_ever() -> None:
    async with broken_server.serving(broken_server.hang) as address:
        store = GCSBlobStore(
            "bodies", endpoint=f"http://{address}", connections=1, timeout=0.3, deadline=0.7
        )
        outcomes = await asyncio.gather(
            *(store.get(f"body-{number}") for number in range(20)), return_exceptions=True
        )
        await store.close()
    assert {type(outcome) for outcome in outcomes} == {BlobStoreUnavailableError}


async def test_objects_lie_under_the_prefix(endpoint: str, bucket: str) -> None:
    inside = GCSBlobStore(bucket, "raw", endpoint=endpoint)
    outside = GCSBlobStore(bucket, endpoint=endpoint)
    await inside.put(NAME, b"body")
    assert await outside.get(f"raw/{NAME}") == b"body"
    with pytest.raises(BodyLostError):
        await outside.get(NAME)
    await inside.close()
    await outside.close()


async def test_the_emulator_of_the_environment_is_used(
    endpoint: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", endpoint)
    store = GCSBlobStore(bucket)
    await store.put(NAME, b"body")
    assert await store.get(NAME) == b"body"
    await store.close()


async def test_without_credentials_the_mend_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    store = GCSBlobStore("bodies")
    with pytest.raises(BlobStoreUnavailableError, match=r"roles/storage\.objectUser"):
        await store.check()
    await store.close()
