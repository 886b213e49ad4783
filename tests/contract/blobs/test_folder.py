import hashlib
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from layeron.adapters.folder import FolderBlobStore
from layeron.errors import BlobStoreUnavailableError
from tests.contract.blobs.suite import NAME, BlobStoreContract

WRITE_PAST_THE_LIMIT = """
import asyncio, resource, sys
from pathlib import Path
from layeron.adapters.folder import FolderBlobStore

async def main():
    store = FolderBlobStore(Path(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    await store.put("small", bytes(1000))
    try:
        await store.put("a/large", bytes(1001))
    except Exception as error:
        print(type(error).__name__, error)

asyncio.run(main())
"""
WRITE_FOR_EVER = """
import asyncio, hashlib, os, sys
from pathlib import Path
from layeron.adapters.folder import FolderBlobStore

async def main():
    store = FolderBlobStore(Path(sys.argv[1]))
    while True:
        body = os.urandom(500_000)
        await store.put(f"bodies/{hashlib.sha256(body).hexdigest()}", body)
        print("written", flush=True)

asyncio.run(main())
"""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[FolderBlobStore]:
    store = FolderBlobStore(tmp_path / "bodies")
    yield store
    await store.close()


class TestFolder(BlobStoreContract):
    pass


async def test_only_this_user_may_read_bodies(store: FolderBlobStore, tmp_path: Path) -> None:
    await store.put(NAME, b"body")
    for path in [tmp_path / "bodies", *(tmp_path / "bodies").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


async def test_a_body_outlives_the_store_that_put_it(
    store: FolderBlobStore, tmp_path: Path
) -> None:
    await store.put(NAME, b"body")
    await store.close()
    assert await FolderBlobStore(tmp_path / "bodies").get(NAME) == b"body"


async def test_a_put_leaves_nothing_but_the_body(store: FolderBlobStore, tmp_path: Path) -> None:
    await store.put(NAME, b"first")
    await store.put(NAME, b"second")
    await store.check()
    files = [path for path in (tmp_path / "bodies").rglob("*") if path.is_file()]
    assert files == [tmp_path / "bodies" / NAME]


def test_a_writer_killed_at_any_moment_leaves_only_whole_bodies(tmp_path: Path) -> None:
    root = tmp_path / "bodies"
    command = [sys.executable, "-c", WRITE_FOR_EVER, str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout
        for _ in range(5):
            assert writer.stdout.readline() == b"written\n"
        writer.kill()
    written = list((root / "bodies").iterdir())
    assert len(written) >= 5
    for path in written:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def test_a_full_disk_is_trouble_of_ours_and_leaves_no_part_of_a_body(tmp_path: Path) -> None:
    root = tmp_path / "bodies"
    command = [sys.executable, "-c", WRITE_PAST_THE_LIMIT, str(root)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.startswith("BlobStoreUnavailableError")
    assert str(root) in said
    assert "raise the limit on the size of files" in said
    assert [path.name for path in root.rglob("*") if path.is_file()] == ["small"]


async def test_a_folder_that_cannot_be_made_is_trouble_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = FolderBlobStore(tmp_path / "file" / "bodies")
    for call in (store.put(NAME, b"body"), store.get(NAME), store.check()):
        with pytest.raises(BlobStoreUnavailableError, match="file/bodies cannot be used"):
            await call


async def test_a_folder_that_is_not_mounted_has_lost_nothing(
    store: FolderBlobStore, tmp_path: Path
) -> None:
    await store.put(NAME, b"body")
    (tmp_path / "bodies").rename(tmp_path / "elsewhere")
    with pytest.raises(BlobStoreUnavailableError, match="LAYERON_BLOBS"):
        await store.get(NAME)
    (tmp_path / "elsewhere").rename(tmp_path / "bodies")
    assert await store.get(NAME) == b"body"


async def test_a_body_is_not_taken_for_stored_where_a_folder_has_its_name(
    store: FolderBlobStore,
) -> None:
    await store.put("a/b", b"body")
    with pytest.raises(BlobStoreUnavailableError):
        await store.put("a", b"body")
    assert await store.get("a/b") == b"body"
