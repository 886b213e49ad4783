"""The page about the command line: each command and option on it is there."""

import re
import shlex
from pathlib import Path

import pytest

from tests.support.command import ROOT, said

PAGE = (ROOT / "docs" / "command-line.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
LINES = [
    shlex.split(part, comments=True)
    for block in BLOCKS
    for line in block.splitlines()
    for part in re.findall(r"layeron [^|]+", line)
]


@pytest.mark.parametrize("words", LINES, ids=" ".join)
def test_what_the_page_shows_is_what_the_command_takes(words: list[str], tmp_path: Path) -> None:
    command = [word for word in words[1:3] if re.fullmatch(r"[a-z-]+", word)]
    command = command[:1] if command[0] == "send" else command
    told = said(*command, "--help", folder=tmp_path)
    for option in [word for word in words if word.startswith("--")]:
        assert re.search(rf"^  {option}\b", told, re.MULTILINE), option
