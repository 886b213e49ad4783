"""Requests that carry several of a provider's events: what the whole is called."""

import hashlib

from layeron.locator import Locator, dotted
from layeron.payload import Payload
from layeron.request import Request

BATCH = "batch"
"""The type of a request whose items are of different types."""


def shared_type(path: str, *fields: str) -> Locator:
    """Finds the type of the items of a list, or `BATCH` where they differ.

    Args:
        path: where the list is in the body, such as ``data.events``; empty for the body itself.
        *fields: what makes the type of an item, joined with a dot.
    """
    place = dotted(*(f"body.{field}" for field in fields))

    def find(request: Request, payload: Payload) -> str | None:
        types = {place(request, item) for item in _items(path, payload)}
        return types.pop() if len(types) == 1 else BATCH if types else None

    return Locator(function=find)


def joint_id(path: str, *fields: str) -> Locator:
    """Finds the id of the only item of a list, or a digest of the ids of several.

    It finds nothing where an item has none: what cannot be told apart is no repeat.

    Args:
        path: as for `shared_type`.
        *fields: what makes the id of an item.
    """
    place = Locator(tuple(f"body.{field}" for field in fields))

    def find(request: Request, payload: Payload) -> str | None:
        ids = [place.find(request, item) for item in _items(path, payload)]
        found = [each for each in ids if each]
        if not found or len(found) < len(ids):
            return None
        if len(found) == 1:
            return found[0]
        lengths = ",".join(str(len(each)) for each in found)  # so that no two lists read alike
        text = f"{lengths}:{''.join(found)}"
        return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"

    return Locator(function=find)


def _items(path: str, payload: Payload) -> list[Payload]:
    for step in path.split(".") if path else ():
        payload = payload.get(step) if isinstance(payload, dict) else None
    return [*payload] if isinstance(payload, list) else []
