"""The command as a whole: help, version, exit codes, and what it loads."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.command import COMMAND, ROOT, layeron, refusal, said, variables

COMMANDS = [
    "dev",
    "check",
    "serve",
    "worker",
    "trigger",
    "verify",
    "send",
    "overview",
    "events",
    "replays",
    "erase",
    "rejections",
    "endpoints",
    "webhooks",
    "audit",
    "keys",
    "secrets",
    "db",
    "deployment",
]


def test_help_names_each_command_on_one_line(tmp_path: Path) -> None:
    lines = said("--help", folder=tmp_path, COLUMNS="80").splitlines()
    listed = lines[lines.index("Commands:") + 1 :]
    assert [each.split()[0] for each in listed] == COMMANDS
    assert not [each for each in listed if each.endswith("...")]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str, tmp_path: Path) -> None:
    assert said(command, "--help", folder=tmp_path).startswith("Usage: ")


def test_the_version_is_that_of_the_project(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert said("--version", folder=tmp_path) == f"{project['version']}\n"


def test_a_wrong_use_is_told_from_a_failure_by_its_exit_code(tmp_path: Path) -> None:
    assert layeron("events", "show", folder=tmp_path).returncode == 2
    assert layeron("nonsense", folder=tmp_path).returncode == 2
    assert layeron("events", "list", "--limit", "0", folder=tmp_path).returncode == 2


def test_a_command_loads_neither_database_nor_engine_before_it_needs_them() -> None:
    code = "import json, sys, layeron.cli.main; print(json.dumps(sorted(sys.modules)))"
    shown = subprocess.check_output([sys.executable, "-c", code], env=variables(), text=True)
    loaded = {name.partition(".")[0] for name in json.loads(shown)}
    assert loaded.isdisjoint({"sqlalchemy", "alembic", "psycopg", "temporalio", "grpc", "uvicorn"})


def test_a_reader_that_has_read_enough_is_no_failure_to_tell_of(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [*COMMAND, "--help"],
        cwd=tmp_path,
        env=variables(),
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert process.stderr == b""


@pytest.mark.parametrize(
    "arguments",
    [
        ("events", "list"),
        ("events", "show", "whevt_01JD0000000000000000000000"),
        ("events", "replay", "whevt_01JD0000000000000000000000"),
        ("rejections", "list"),
        ("endpoints", "list", "--webhook", "out"),
        ("send", "out", "order.paid", "{}"),
    ],
)
def test_a_service_that_does_not_run_is_named(arguments: tuple[str, ...], tmp_path: Path) -> None:
    told = refusal(*arguments, "--url", "http://127.0.0.1:9", folder=tmp_path)
    assert "http://127.0.0.1:9 does not answer" in told
    assert "LAYERON_URL" in told


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    told = refusal("events", "list", folder=tmp_path, LAYERON_URL="hooks.example.com")
    assert "LAYERON_URL: 'hooks.example.com' is no address" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--status", "lost"), "dead_letter"),
        (("--since", "yesterday"), "'yesterday' is no time; write how long ago, such as 12h"),
        (("--webhook", "a/b", "--namespace", "c"), "'a/b' is in namespace 'a'"),
        (("--http-status", "2000"), "--http-status"),
    ],
)
def test_a_filter_that_is_none_is_a_wrong_use(
    arguments: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    result = layeron("events", "list", *arguments, folder=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert told in result.stderr


def test_a_setting_that_is_wrong_is_named_by_its_variable(tmp_path: Path) -> None:
    told = refusal("events", "list", folder=tmp_path, LAYERON_MAX_BODY="huge")
    assert told == "LAYERON_MAX_BODY: 'huge' is not a size; write one such as '512KiB' or '10MiB'."
