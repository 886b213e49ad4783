"""A running ``layeron dev``, and the commands that people give beside it."""

import json
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.processes.sending import Operator
from tests.support.command import Running, running, said

PORTS = ("--port", "0", "--temporal-port", "0", "--ui-port", "0")
READY = "Ctrl-C stops it"
APPLICATION = Path(__file__).with_name("application.py")


@dataclass(frozen=True)
class Local:
    """`layeron dev` in a folder of its own.

    Attributes:
        process: the supervisor.
        folder: where it was started, with ``hooks.py``.
    """

    process: Running
    folder: Path

    @property
    def url(self) -> str:
        """Where its API is."""
        return str(self.process.until(r"^  API +(http://\S+)/api/v1/events$")[1])

    @property
    def operator(self) -> Operator:
        """Somebody with the key it left in its data folder."""
        known = json.loads((self.folder / ".layeron" / "dev.json").read_text())
        return Operator(self.url, known["key"])

    def said(self, *arguments: str, stdin: str = "") -> str:
        """What a command prints in another terminal."""
        return said(*arguments, folder=self.folder, stdin=stdin)

    def trigger(self, *arguments: str, stdin: str = "") -> str:
        """The id of an event that was sent by `layeron trigger`."""
        return event_in(self.said("trigger", "vendor", *arguments, stdin=stdin))

    def listed(self, *arguments: str) -> list[str]:
        """The ids of the events that `layeron events list` shows."""
        lines = self.said("events", "list", "--json", *arguments).splitlines()
        return [json.loads(line)["id"] for line in lines]


def event_in(text: str) -> str:
    """The first id of an event in a text."""
    found = re.search(r"whevt_[0-9A-Z]{26}", text)
    assert found, text
    return found[0]


@contextmanager
def running_dev(*arguments: str, folder: Path, **more: str) -> Generator[Local]:
    """Run `layeron dev ARGUMENTS` on free ports until the end of the block.

    Args:
        arguments: of the command.
        folder: where to run it; the application is copied there as ``hooks.py``.
        more: environment variables.
    """
    folder.mkdir(exist_ok=True)
    shutil.copy(APPLICATION, folder / "hooks.py")
    log = folder / "said"
    with running("dev", *arguments, *PORTS, folder=folder, log=log, **more) as process:
        yield Local(process, folder)
