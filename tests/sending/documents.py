"""The code in a document, as a reader copies it."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def blocks(document: str, *languages: str, under: str | None = None) -> list[tuple[str, str, str]]:
    """Fenced blocks in these languages: the heading above each, its language and its text.

    Args:
        document: its name in the folder of documents.
        languages: as they are said after the fence.
        under: the one heading that is asked for.
    """
    found: list[tuple[str, str, str]] = []
    pattern = r"(?ms)^#+ (?P<heading>[^\n]+)$|^```(?P<language>\w+)\n(?P<text>.*?)^```$"
    heading = ""
    for each in re.finditer(pattern, (DOCS / document).read_text()):
        heading = each["heading"] or heading
        if each["language"] in languages and under in {None, heading}:
            found.append((heading, each["language"], each["text"]))
    return found


def block(document: str, heading: str) -> str:
    """The one block under a heading."""
    ((_, _, text),) = blocks(document, "python", "js", "sh", under=heading)
    return text
