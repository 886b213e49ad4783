"""The names that every store of raw bodies takes."""

import re
from typing import Final

OBJECT_NAME: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9][A-Za-z0-9._-]{0,199}){0,15}"
)


def checked_name(name: str) -> str:
    """Return *name* if every store can keep an object under it, and none can be led astray by it.

    No part of a name starts with a dot: none leads out of a folder or to the store's own files.

    Raises:
        ValueError: it cannot.
    """
    if not OBJECT_NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} is not a name of an object; write parts of letters, digits, '.', '_' and"
            " '-', joined by '/'"
        )
    return name
