"""What a terminal is shown: tables that fit it, colours, and no strangers' control characters."""

import asyncio
import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.conftest import Terminal
from tests.cli.test_events import received
from tests.support.command import COMMAND, said, variables

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def shown(*arguments: str, folder: Path, columns: int = 200, **more: str) -> str:
    """What a command writes to a terminal that is so wide."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env=variables(**{"TERM": "xterm", **more}),
        stdin=slave,
        stdout=slave,
        stderr=subprocess.DEVNULL,
    )
    os.close(slave)
    written = b""
    with contextlib.suppress(OSError):  # how a terminal says that nobody has it open any more
        while chunk := os.read(master, 4096):
            written += chunk
    os.close(master)
    assert process.wait() == 0
    return written.decode().replace("\r\n", "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    said("db", "upgrade", folder=tmp_path)
    said("keys", "create", "ops", folder=tmp_path)
    return tmp_path


def test_a_status_has_a_colour_on_a_terminal_alone(folder: Path) -> None:
    assert COLOUR.search(shown("keys", "list", folder=folder))
    assert not COLOUR.search(shown("keys", "list", folder=folder, NO_COLOR="1"))
    assert not COLOUR.search(shown("keys", "list", folder=folder, TERM="dumb"))
    assert not COLOUR.search(said("keys", "list", folder=folder))


@pytest.mark.parametrize("columns", [80, 100, 200])
async def test_a_table_fits_the_terminal_and_keeps_ids_whole(
    columns: int, terminal: Terminal
) -> None:
    event = await received(terminal, f"{'猫' * 60}.fits", id=f"\x1b[31m{columns}")
    written = await asyncio.to_thread(
        lambda: shown(
            *("events", "list", "--limit", "1"),
            folder=terminal.folder,
            columns=columns,
            **terminal.environment,
        )
    )
    head, row = COLOUR.sub("", written).splitlines()
    assert row.startswith(event)
    assert "succeeded" in row
    assert row.endswith("…")
    assert max(cell_len(head), cell_len(row)) <= columns
    piped = (await terminal.said("events", "list", "--limit", "1")).splitlines()[1]
    assert "WEBHOOK" in (await terminal.said("events", "list", "--limit", "1"))
    assert "猫" * 59 in piped


async def test_what_strangers_send_does_not_steer_the_terminal(terminal: Terminal) -> None:
    def written_by(*command: str) -> str:
        return shown(
            "events", *command, folder=terminal.folder, columns=200, **terminal.environment
        )

    event = await received(terminal, "steering.\x1b]0;owned\x07\u202e", id="\x1b[2J")
    for command in (("list", "--limit", "1"), ("show", event), ("payload", event)):
        written = await asyncio.to_thread(written_by, *command)
        assert "steering" in written
        left = COLOUR.sub("", written)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", left), command
