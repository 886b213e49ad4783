"""``layeron keys`` and ``layeron db``: what works on the database itself."""

import asyncio
import json
from pathlib import Path

import pytest

from layeron.adapters.database import open_database
from layeron.keys import split_key
from layeron.operating_records import AuditEntry
from tests.support.command import layeron, refusal, said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    said("db", "upgrade", folder=tmp_path)
    return tmp_path


def test_a_key_is_printed_alone(folder: Path) -> None:
    result = layeron("keys", "create", "ops", folder=folder)
    assert result.returncode == 0
    assert result.stderr == ""
    (line,) = result.stdout.splitlines()
    assert split_key(line) is not None


def test_keys_are_listed_without_their_secrets(folder: Path) -> None:
    key = said("keys", "create", "night shift", folder=folder).strip()
    key_id, secret = split_key(key) or ("", "")
    head, row = said("keys", "list", folder=folder).splitlines()
    assert head.split() == ["KEY", "CREATED", "(UTC)", "STATUS", "SCOPES", "NAME"]
    assert row.startswith(key_id)
    assert row.endswith("  in force  admin   night shift")
    (line,) = said("keys", "list", "--json", folder=folder).splitlines()
    told = json.loads(line)
    assert (told["id"], told["name"], told["scopes"]) == (key_id, "night shift", ["admin"])
    assert "hash" not in line
    assert secret not in row + line


def test_a_key_opens_what_its_scopes_say(folder: Path) -> None:
    made = json.loads(
        said(
            "keys", "create", "ops", "--scope", "send", "--scope", "replay", "--json", folder=folder
        )
    )
    assert made["scopes"] == ["send", "replay"]
    assert split_key(made["key"]) is not None
    assert "  send,replay  ops\n" in said("keys", "list", folder=folder)
    wrong = layeron("keys", "create", "ops", "--scope", "write", folder=folder)
    assert wrong.returncode == 2
    assert "'write' is no scope; use read, replay, send, admin." in wrong.stderr


def test_a_revoked_key_is_listed_as_such(folder: Path) -> None:
    key_id, _ = split_key(said("keys", "create", "ops", folder=folder).strip()) or ("", "")
    assert said("keys", "revoke", key_id, folder=folder) == f"revoked {key_id}\n"
    assert "  revoked 20" in said("keys", "list", folder=folder)


def test_keys_made_and_revoked_here_are_in_the_audit_log(folder: Path) -> None:
    key_id, _ = split_key(said("keys", "create", "ops", folder=folder).strip()) or ("", "")
    said("keys", "revoke", key_id, folder=folder)
    refusal("keys", "revoke", "nothing", folder=folder)
    revoked_none, revoked, made = asyncio.run(_audited(folder))
    assert (made.action, made.target, made.status) == ("key.create", key_id, 201)
    assert made.detail == {"name": "ops", "scopes": ["admin"]}
    assert made.actor.startswith("command line")
    assert (revoked.action, revoked.target, revoked.status) == ("key.revoke", key_id, 204)
    assert (revoked_none.target, revoked_none.status) == ("nothing", 404)


async def _audited(folder: Path) -> list[AuditEntry]:
    database = open_database(f"sqlite:///{folder / '.layeron' / 'layeron.db'}")
    try:
        return (await database.audit.list(limit=10)).entries
    finally:
        await database.close()


def test_no_keys_are_told_of_with_the_way_to_one(folder: Path) -> None:
    result = layeron("keys", "list", folder=folder)
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "no keys; make one: layeron keys create NAME\n"


def test_a_key_that_does_not_exist_cannot_be_revoked(folder: Path) -> None:
    assert "nothing" in refusal("keys", "revoke", "nothing", folder=folder)


def test_a_database_without_the_schema_is_refused_with_the_mend(tmp_path: Path) -> None:
    told = refusal("keys", "create", "ops", folder=tmp_path)
    assert told.endswith("run: layeron db upgrade.")


def test_the_state_of_the_schema_is_an_exit_code(tmp_path: Path) -> None:
    before = layeron("db", "status", folder=tmp_path)
    assert before.returncode == 1
    assert "at revision none" in before.stdout
    assert said("db", "upgrade", folder=tmp_path).startswith("the database is at revision ")
    said("db", "status", folder=tmp_path)
    said("db", "upgrade", folder=tmp_path)  # once more is fine


def test_an_address_of_no_database_is_refused(tmp_path: Path) -> None:
    told = refusal("db", "upgrade", folder=tmp_path, LAYERON_DATABASE_URL="mysql://u:pw@h/d")
    assert "'mysql' is not a database we keep records in" in told
    assert "pw" not in told.partition(";")[0]


def test_a_database_that_does_not_answer_is_told_of_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://user:pa55word@127.0.0.1:9/records"
    told = refusal("keys", "list", folder=tmp_path, LAYERON_DATABASE_URL=url)
    assert "does not answer" in told
    assert "pa55word" not in told
