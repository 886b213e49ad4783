import json
import stat
import threading
from pathlib import Path

import pytest

from layeron.adapters.environment import EnvironmentSecrets
from layeron.adapters.secret_file import SecretFile
from layeron.errors import ConfigurationError, SecretUnavailableError
from layeron.secrets import Secret
from tests.contract.secrets.suite import KEY, NEW, OLD, SecretSourceContract, texts


class FileVault:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.variables: dict[str, str] = {}
        self.source = EnvironmentSecrets(path, self.variables)

    def set(self, key: Secret, value: str) -> None:
        SecretFile(self.path).set(key, value)


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "data" / "secrets.json")


class TestSecretFile(SecretSourceContract):
    pass


def test_only_this_user_may_read_the_file(vault: FileVault) -> None:
    for value in (OLD, NEW):
        vault.set(KEY, value)
        assert stat.S_IMODE(vault.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o604])
async def test_a_file_others_can_open_is_refused_with_the_mend(vault: FileVault, mode: int) -> None:
    vault.set(KEY, NEW)
    vault.path.chmod(mode)
    with pytest.raises(SecretUnavailableError, match=f"chmod 600 {vault.path}$"):
        await vault.source.values(KEY)
    vault.path.chmod(0o600)
    assert await texts(vault.source, KEY) == [NEW]


async def test_a_file_opened_to_others_is_refused_though_it_was_read_before(
    vault: FileVault,
) -> None:
    vault.set(KEY, NEW)
    assert await texts(vault.source, KEY) == [NEW]
    vault.path.chmod(0o644)
    with pytest.raises(SecretUnavailableError, match="chmod 600"):
        await vault.source.values(KEY)


async def test_the_environment_wins_whole_over_the_file(vault: FileVault) -> None:
    vault.set(KEY, "whsec_older")
    vault.set(KEY, OLD)
    vault.variables["STRIPE_KEY"] = NEW
    assert await texts(vault.source, KEY) == [NEW]


async def test_a_file_that_cannot_be_used_does_not_hide_the_environment(vault: FileVault) -> None:
    vault.set(KEY, OLD)
    vault.path.chmod(0o644)
    vault.variables["STRIPE_KEY"] = NEW
    assert await texts(vault.source, KEY) == [NEW]


async def test_setting_the_same_value_again_is_no_rotation(vault: FileVault) -> None:
    vault.set(KEY, OLD)
    vault.set(KEY, NEW)
    vault.set(KEY, NEW)
    assert await texts(vault.source, KEY) == [NEW, OLD]


async def test_a_rotation_can_be_ended(vault: FileVault) -> None:
    vault.set(KEY, OLD)
    vault.set(KEY, NEW)
    SecretFile(vault.path).forget_previous(KEY)
    assert await texts(vault.source, KEY) == [NEW]
    SecretFile(vault.path).forget_previous(KEY)
    assert await texts(vault.source, KEY) == [NEW]


def test_an_empty_value_is_refused(vault: FileVault) -> None:
    with pytest.raises(ConfigurationError, match="STRIPE_KEY is empty"):
        vault.set(KEY, " \n")
    assert not vault.path.exists()


@pytest.mark.parametrize("text", ['{"STRIPE_KEY": 5}', f'["{NEW}"]', f'{{"STRIPE_KEY": "{NEW}', ""])
async def test_a_broken_file_is_named_and_its_text_is_not_shown(
    vault: FileVault, text: str
) -> None:
    vault.path.parent.mkdir()
    vault.path.write_text(text)
    vault.path.chmod(0o600)
    with pytest.raises(SecretUnavailableError, match="not a JSON object") as raised:
        await vault.source.values(KEY)
    assert str(vault.path) in str(raised.value)
    assert NEW not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_broken_file_is_not_replaced_by_a_new_one(vault: FileVault) -> None:
    vault.path.parent.mkdir()
    vault.path.write_text(f'{{"OTHER_KEY": "{OLD}"')
    vault.path.chmod(0o600)
    with pytest.raises(SecretUnavailableError):
        vault.set(KEY, NEW)
    assert OLD in vault.path.read_text()


async def test_a_folder_in_the_place_of_the_file_is_named(vault: FileVault) -> None:
    vault.path.mkdir(parents=True, mode=0o700)
    with pytest.raises(SecretUnavailableError, match=str(vault.path)):
        await vault.source.values(KEY)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    path = tmp_path / "file" / "secrets.json"
    with pytest.raises(SecretUnavailableError, match=str(path)) as raised:
        SecretFile(path).set(KEY, NEW)
    assert NEW not in str(raised.value)


def test_a_reader_never_sees_half_a_file(vault: FileVault) -> None:
    vault.set(KEY, OLD)
    written = threading.Event()

    def rotate() -> None:
        for number in range(100):
            vault.set(KEY, f"{number:04}" * 2_000)
        written.set()

    writer = threading.Thread(target=rotate)
    writer.start()
    while not written.is_set():
        assert json.loads(vault.path.read_text())["STRIPE_KEY"]
    writer.join()


def test_setting_a_secret_leaves_no_other_file(vault: FileVault) -> None:
    vault.set(KEY, OLD)
    vault.set(KEY, NEW)
    assert list(vault.path.parent.iterdir()) == [vault.path]
