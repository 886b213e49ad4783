"""The pages for operators: what they tell to type is there, as they write it."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from api.reference import reference
from layeron.cli.main import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {name: (DOCS / name).read_text() for name in ("events.md", "runbook.md")}

_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_PATH = re.compile(r"(?:(GET|POST|PATCH|DELETE) |\$LAYERON_URL)(/api/v1/[^\s`\"?]+)")


def commands(page: str) -> set[str]:
    """Every ``layeron …`` of a page, in its shell blocks and between backticks."""
    in_blocks = {
        f"{part.strip()} whrej_…" if piped else part.strip()
        for language, block in _BLOCK.findall(page)
        if language == "sh"
        for line in block.splitlines()
        for piped, part in re.findall(r"(xargs -r -n 1 )?(?<![\w/])(layeron [^|]+)", line)
    }
    return in_blocks | set(re.findall(r"`(layeron [^`]+)`", _BLOCK.sub("", page)))


COMMANDS = sorted({each for page in PAGES.values() for each in commands(page)})
PATHS = sorted({each for page in PAGES.values() for each in _PATH.findall(page)})


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_a_page_is_taken_as_it_is_written(line: str) -> None:
    command: Any = typer.main.get_command(app)  # of a package inside typer
    _, *words = shlex.split(line, comments=True)
    while hasattr(command, "commands") and words:
        command = command.commands[words.pop(0)]
    if not hasattr(command, "commands"):  # else a whole group is spoken of
        command.make_context(command.name, words)  # reads the words, and does not run it


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_an_address_of_a_page_is_one_of_the_api(method: str, path: str) -> None:
    matching = [
        methods
        for template, methods in reference()["paths"].items()
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path)
    ]
    assert any(not method or method.lower() in methods for methods in matching)


@pytest.mark.parametrize("name", PAGES)
def test_a_link_of_a_page_leads_somewhere(name: str) -> None:
    for target, heading in re.findall(r"\]\(([\w./-]+\.md)#?([\w-]*)\)", PAGES[name]):
        headings = re.findall(r"(?m)^#+ (.*)$", (DOCS / target).read_text())
        anchors = [re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in headings]
        assert not heading or heading in anchors, f"{target}#{heading}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_tells_of_enough_to_be_worth_holding_to_it(name: str) -> None:
    assert len(commands(PAGES[name])) > 20
