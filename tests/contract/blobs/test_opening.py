import subprocess
import sys
from pathlib import Path

import pytest

from layeron.adapters.blobs import open_blob_store
from layeron.adapters.folder import FolderBlobStore
from layeron.adapters.gcs import GCSBlobStore
from layeron.errors import ConfigurationError
from tests.contract.blobs.suite import NAME
from tests.support.fake_gcs import create_bucket, running_fake_gcs


async def test_a_path_opens_a_folder(tmp_path: Path) -> None:
    store = open_blob_store(str(tmp_path / "bodies"))
    await store.put(NAME, b"body")
    assert (tmp_path / "bodies" / NAME).read_bytes() == b"body"


async def test_an_address_opens_a_bucket_and_its_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_fake_gcs() as endpoint:
        create_bucket(endpoint, "bodies")
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", endpoint)
        with_prefix = open_blob_store("gs://bodies/raw/2026/")
        whole = open_blob_store("gs://bodies")
        assert isinstance(with_prefix, GCSBlobStore)
        await with_prefix.put(NAME, b"body")
        assert await whole.get(f"raw/2026/{NAME}") == b"body"
        await with_prefix.close()
        await whole.close()


@pytest.mark.parametrize(
    "location", ["", "s3://bodies", "gs://", "gs:///prefix", "gs://Bodies", "gs://bodies/../other"]
)
def test_any_other_place_is_refused_in_one_sentence(location: str) -> None:
    with pytest.raises(ConfigurationError, match=r"LAYERON_BLOBS: .* write gs://BUCKET"):
        open_blob_store(location)


def test_a_folder_is_opened_without_loading_the_client_of_google() -> None:
    program = (
        "import sys; from layeron.adapters.blobs import open_blob_store;"
        " open_blob_store('bodies'); print(any(name.startswith('google') for name in sys.modules))"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=True, capture_output=True).stdout == b"False\n"


def test_a_folder_opened_by_name_is_a_folder_store() -> None:
    assert isinstance(open_blob_store("bodies"), FolderBlobStore)
