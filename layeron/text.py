"""Text of strangers made safe to show: in a log line, a title or an index."""

import json
from itertools import accumulate

_LABEL_BYTES = 398  # Temporal's limit for a summary is 400, quotes included


def printable(text: str, longest: int = 200) -> str:
    """Escape what is not visible (controls, lone surrogates, line ends) and cut to length."""
    if text.isprintable() and len(text) <= longest:
        return text  # as almost all are
    shown = "".join(each if each.isprintable() else _escaped(each) for each in text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def label(*parts: str) -> str:
    """One line for the engine, which keeps only so many bytes of a title or an indexed value.

    They are counted in JSON as it is sent: plain ASCII, an emoji takes twelve.
    """
    shown = " ".join(printable(part) for part in parts)
    if len(json.dumps(shown)) - 2 <= _LABEL_BYTES:
        return shown
    sizes = accumulate(len(json.dumps(each)) - 2 for each in shown)
    return shown[: sum(size <= _LABEL_BYTES for size in sizes)]


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
