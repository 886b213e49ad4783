"""Fuzz one target by coverage, with atheris: ``python -m tests.fuzz TARGET FOLDER [OPTION…]``.

Requests that reach something new are kept in FOLDER; what makes the target fail is written to it as
``crash-…``. Options are libFuzzer's, such as ``-max_total_time=600``.
"""

import asyncio
import importlib
import sys
from pathlib import Path
from typing import Any

from tests.fuzz.inputs import CORPUS


def main() -> None:
    """Fuzz until libFuzzer ends the process."""
    atheris: Any = importlib.import_module("atheris")  # of Linux alone, and not installed with us
    name, folder, *options = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=["layeron", "api"]):
        target = importlib.import_module("tests.fuzz.targets").TARGETS[name]
    loop = asyncio.new_event_loop()

    def once(data: bytes) -> None:
        loop.run_until_complete(target(data))

    atheris.Setup([sys.argv[0], folder, str(CORPUS), f"-artifact_prefix={folder}/", *options], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
