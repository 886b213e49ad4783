"""Text of strangers made safe to show: in a log line, a title or an index."""


def printable(text: str, longest: int = 200) -> str:
    """Escape what is not visible (controls, lone surrogates, line ends) and cut to length."""
    cut = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(each if each.isprintable() else _escaped(each) for each in cut)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
