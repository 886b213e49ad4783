"""The code in a document, as a reader copies it."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def blocks(document: str, *languages: str) -> list[tuple[str, str, str]]:
    """Every fenced block in these languages: the heading above it, its language and its text."""
    found: list[tuple[str, str, str]] = []
    pattern = r"(?ms)^#+ (?P<heading>[^\n]+)$|^```(?P<language>\w+)\n(?P<text>.*?)^```$"
    heading = ""
    for each in re.finditer(pattern, (DOCS / document).read_text()):
        heading = each["heading"] or heading
        if each["language"] in languages:
            found.append((heading, each["language"], each["text"]))
    return found


def block(document: str, heading: str) -> str:
    """The one block under a heading."""
    languages = ("python", "js", "sh")
    (text,) = [text for found, _, text in blocks(document, *languages) if found == heading]
    return text
