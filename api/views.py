"""Types for the reference of what is shown of a record: without some fields, with some more."""

from collections.abc import Collection, Mapping
from dataclasses import fields, make_dataclass
from typing import Any


def view(
    name: str, record: type[Any], *, without: Collection[str] = (), plus: Mapping[str, Any]
) -> Any:
    """A type that describes, under *name*, what is shown of records of a dataclass.

    Args:
        name: of the type.
        record: the dataclass.
        without: fields that are not shown.
        plus: what is shown besides, with its types.
    """
    kept = [(each.name, each.type) for each in fields(record) if each.name not in without]
    return make_dataclass(name, [*kept, *plus.items()], namespace={"__doc__": record.__doc__})


def answer(name: str, about: str, **fields: Any) -> Any:
    """A type that describes, under *name*, an answer of these fields, for the reference alone."""
    return make_dataclass(name, list(fields.items()), namespace={"__doc__": about})


def page(name: str, field: str, shown: Any) -> Any:
    """A type that describes, under *name*, one page of what is shown."""
    fields = {field: list[shown], "next_cursor": str | None}
    return answer(name, "One page, newest first.", **fields)
