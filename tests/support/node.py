"""What providers publish for Node, as the other side of a test."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "npm"


def ask_node(script: str, cases: list[dict[str, str]]) -> list[Any]:
    """The answers of a script in the folder ``npm`` to a list of cases."""
    _install()
    answer = subprocess.run(
        ["node", script],
        cwd=FOLDER,
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    found: list[Any] = json.loads(answer.stdout)
    return found


@cache
def _install() -> None:
    """Install what the lock names, unless just that is there."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.fail("Node is missing; install it with: apt-get install nodejs npm")
    stamp = FOLDER / "node_modules" / ".package-lock.json"
    lock = FOLDER / "package-lock.json"
    if stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime:
        return
    subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=FOLDER,
        check=True,
        capture_output=True,
        timeout=100,
    )
