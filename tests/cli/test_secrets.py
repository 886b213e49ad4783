"""``layeron secrets``: values for one machine."""

import base64
import json
from pathlib import Path

from tests.support.command import layeron, refusal, said


def kept(folder: Path) -> dict[str, str]:
    values: dict[str, str] = json.loads((folder / ".layeron" / "secrets.json").read_text())
    return values


def test_a_secret_is_read_from_standard_input(tmp_path: Path) -> None:
    told = said("secrets", "set", "CRM_SECRET", folder=tmp_path, stdin="s3cret\n")
    assert told == f"CRM_SECRET is set in {tmp_path / '.layeron' / 'secrets.json'}\n"
    assert kept(tmp_path) == {"CRM_SECRET": "s3cret"}


def test_a_random_value_is_made_and_not_shown(tmp_path: Path) -> None:
    told = said("secrets", "set", "CRM_SECRET", "--generate", folder=tmp_path)
    value = kept(tmp_path)["CRM_SECRET"]
    assert value.startswith("whsec_")
    assert len(value) > 40
    assert value not in told


def test_a_random_value_is_a_key_of_standard_webhooks(tmp_path: Path) -> None:
    said("secrets", "set", "CRM_SECRET", "--generate", folder=tmp_path)
    key = kept(tmp_path)["CRM_SECRET"].removeprefix("whsec_")
    assert len(base64.b64decode(key, validate=True)) == 32


def test_a_value_that_is_there_is_kept_if_asked(tmp_path: Path) -> None:
    said("secrets", "set", "CRM_SECRET", folder=tmp_path, stdin="first")
    told = said("secrets", "set", "CRM_SECRET", "--generate", "--if-missing", folder=tmp_path)
    assert told == "CRM_SECRET is set already; it stays as it is\n"
    assert kept(tmp_path) == {"CRM_SECRET": "first"}


def test_the_last_value_stays_as_the_previous_one(tmp_path: Path) -> None:
    for value in ("first", "second", "third"):
        said("secrets", "set", "CRM_SECRET", folder=tmp_path, stdin=value)
    assert kept(tmp_path) == {"CRM_SECRET": "third", "CRM_SECRET_PREVIOUS": "second"}


def test_a_namespace_keeps_secrets_of_one_name_apart(tmp_path: Path) -> None:
    said("secrets", "set", "CRM_SECRET", folder=tmp_path, stdin="ours")
    command = ("secrets", "set", "CRM_SECRET", "--namespace", "billing")
    said(*command, folder=tmp_path, stdin="theirs")
    assert kept(tmp_path) == {"CRM_SECRET": "ours", "BILLING_CRM_SECRET": "theirs"}


def test_file_and_folder_are_for_their_user_alone_and_not_for_git(tmp_path: Path) -> None:
    said("secrets", "set", "CRM_SECRET", "--generate", folder=tmp_path)
    folder = tmp_path / ".layeron"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_file_that_others_may_read_is_refused_with_the_mend(tmp_path: Path) -> None:
    said("secrets", "set", "CRM_SECRET", "--generate", folder=tmp_path)
    file = tmp_path / ".layeron" / "secrets.json"
    file.chmod(0o644)
    assert f"chmod 600 {file}" in refusal(
        "secrets", "list", "--data-dir", file.parent, folder=tmp_path
    )


def test_an_empty_value_is_refused(tmp_path: Path) -> None:
    told = refusal("secrets", "set", "CRM_SECRET", folder=tmp_path, stdin="\n")
    assert told.startswith("no value for CRM_SECRET; pipe it in")


def test_a_variable_that_comes_first_is_mentioned(tmp_path: Path) -> None:
    command = ("secrets", "set", "CRM_SECRET", "--generate")
    told = layeron(*command, folder=tmp_path, CRM_SECRET="of the shell")
    assert told.returncode == 0
    assert told.stderr == "but the environment has a CRM_SECRET, too, which comes first\n"


def test_names_are_listed_without_values(tmp_path: Path) -> None:
    for name in ("SECOND", "FIRST"):
        said("secrets", "set", name, folder=tmp_path, stdin="hidden")
    assert said("secrets", "list", folder=tmp_path) == "FIRST\nSECOND\n"


def test_another_folder_is_taken_from_option_or_environment(tmp_path: Path) -> None:
    said("secrets", "set", "ONE", "--data-dir", tmp_path / "data", folder=tmp_path, stdin="1")
    shown = said("secrets", "list", folder=tmp_path, LAYERON_DATA_DIR=str(tmp_path / "data"))
    assert shown == "ONE\n"
    assert not (tmp_path / ".layeron").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = ("secrets", "set", "ONE", "--generate", "--data-dir", "file/data")
    told = refusal(*command, folder=tmp_path)
    assert f"{tmp_path / 'file' / 'data'} cannot be made" in told
    assert "--data-dir" in told
