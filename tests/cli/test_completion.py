"""Completion in shells."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import said, variables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which the command is installed."""
    command = tmp_path / "layeron"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m layeron "$@"\n')
    command.chmod(0o755)
    return tmp_path


def bash(folder: Path, script: str) -> list[str]:
    """The lines a script prints in which completion is loaded."""
    shell = shutil.which("bash")
    assert shell
    # With `exit` the shell stays what started its last command, in place of becoming that.
    result = subprocess.run(
        [shell, "--norc", "-c", f'eval "$(layeron --show-completion)"\n{script}\nexit'],
        env={**variables(), "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.splitlines()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("layeron ev", ["events"]),
        ("layeron events re", ["replay"]),
        ("layeron events list --st", ["--status"]),
        ("layeron events list --status un", ["unhandled"]),
        ("layeron keys create ops --scope re", ["read", "replay"]),
    ],
)
def test_bash_completes_commands_options_and_values(
    typed: str, offered: list[str], folder: Path
) -> None:
    script = f"""
    COMP_WORDS=({typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
    eval "$(complete -p layeron | sed 's/.*-F \\([^ ]*\\) .*/\\1/') layeron"
    printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    assert bash(folder, script) == offered


def test_zsh_is_told_what_there_is_with_what_it_does(tmp_path: Path) -> None:
    asked = {"_LAYERON_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "layeron ev"}
    told = said(folder=tmp_path, **asked)
    assert '"events":"List, show, follow, export and replay events."' in told


def test_completion_is_installed_for_the_shell_in_use(folder: Path) -> None:
    home = folder / "home"
    home.mkdir()
    (line, _) = bash(folder, f"HOME={home} layeron --install-completion")
    assert line.endswith("/.bash_completions/layeron.sh")
    assert "layeron.sh" in (home / ".bashrc").read_text()
