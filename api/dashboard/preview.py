"""The beginning of a stored body, made readable."""

import json
import re
from dataclasses import dataclass

from api.dashboard.rendering import lines

LONGEST = 64 * 2**10
_LONGEST_PRETTY = 4 * LONGEST
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


@dataclass(frozen=True, slots=True)
class Preview:
    """What a page shows of a body.

    Attributes:
        raw: as text.
        pretty: the same JSON, indented; None if it is none, or too large for it.
        note: what the text does not tell.
    """

    raw: str
    pretty: str | None = None
    note: str | None = None


def preview(body: bytes) -> Preview:
    """Show a body's first 64 KiB."""
    begin = body[:LONGEST]
    try:
        text, note = begin.decode(), None
    except UnicodeDecodeError as bad:
        text = begin.decode("utf-8", "replace")
        cut = len(body) > LONGEST and bad.start >= LONGEST - 3
        note = (
            None
            if cut
            else "It is not UTF-8: what is no text is shown as �. Download it for its exact bytes."
        )
    if len(body) > LONGEST:
        note = " ".join(filter(None, [f"These are its first {LONGEST // 1024} KiB.", note]))
        return Preview(lines(text), None, note)
    pretty = indented(text)
    return Preview(lines(text), None if pretty is None else lines(pretty, _LONGEST_PRETTY), note)


def indented(text: str) -> str | None:
    """JSON with line ends and indentation; numbers, names and their order stay as they were sent.

    Returns:
        None if it is no JSON, or would become too long.
    """
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    parts: list[str] = []
    depth = length = 0
    previous = ""
    for piece in _PIECE.findall(text):
        depth -= piece in "}]"
        part = _gap(previous, piece, depth) + piece
        depth += piece in "{["
        parts.append(part)
        length += len(part)
        if length > _LONGEST_PRETTY:
            return None
        previous = piece
    return "".join(parts)


def _gap(previous: str, piece: str, depth: int) -> str:
    """What stands between two pieces."""
    if previous == ":":
        return " "
    opens, closes = previous in {"{", "["}, piece in {"}", "]"}
    if previous == "," or opens != closes:
        return "\n" + "  " * depth
    return ""
