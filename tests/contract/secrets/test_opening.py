import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from layeron.adapters.secret_file import SecretFile
from layeron.adapters.secret_manager import SecretManagerSecrets
from layeron.adapters.secret_sources import FILE_NAME, open_secret_source
from layeron.errors import ConfigurationError
from tests.contract.secrets.suite import KEY, NEW, texts

MINUTE = timedelta(minutes=1)


async def test_the_environment_and_the_file_in_the_data_folder_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STRIPE_KEY", raising=False)
    SecretFile(tmp_path / FILE_NAME).set(KEY, NEW)
    assert await texts(open_secret_source("environment", tmp_path, MINUTE), KEY) == [NEW]


async def test_a_project_opens_secret_manager(tmp_path: Path) -> None:
    source = open_secret_source("gcp://my-project-1", tmp_path, MINUTE)
    assert isinstance(source, SecretManagerSecrets)
    await source.close()


@pytest.mark.parametrize("location", ["", "env", "gcp://", "gcp://a/b", "aws://account"])
def test_any_other_place_is_refused_in_one_sentence(location: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"LAYERON_SECRETS: .* write environment or gcp"):
        open_secret_source(location, tmp_path, MINUTE)


def test_the_environment_is_opened_without_loading_the_client_of_google() -> None:
    program = """
import sys
from datetime import timedelta
from pathlib import Path
from layeron.adapters.secret_sources import open_secret_source
open_secret_source("environment", Path("."), timedelta(minutes=1))
print(any(name.startswith(("google", "grpc")) for name in sys.modules))
"""
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=True, capture_output=True).stdout == b"False\n"
