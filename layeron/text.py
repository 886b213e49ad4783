"""Text of strangers made safe to show: in a log line, a title or an index."""


def printable(text: str, longest: int = 200) -> str:
    """Escape what is not visible (controls, lone surrogates, line ends) and cut to length."""
    shown = "".join(each if each.isprintable() else _escaped(each) for each in text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
