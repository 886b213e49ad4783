"""What is shown of a record, without some fields and with some more, and types that tell of it."""

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


def shown(record: Any, *, without: Collection[str] = ()) -> dict[str, Any]:
    """The fields of a record that are shown, for `layeron.wire.to_json`; nothing is copied."""
    names = (each.name for each in fields(record))
    return {name: getattr(record, name) for name in names if name not in without}


def answer(name: str, about: str, **fields: Any) -> Any:
    """A type that describes, under *name*, an answer of these fields, for the reference alone."""
    return make_dataclass(name, list(fields.items()), namespace={"__doc__": about})


def page(name: str, field: str, shown: Any) -> Any:
    """A type that describes, under *name*, one page of what is shown."""
    fields = {field: list[shown], "next_cursor": str | None}
    return answer(name, "One page, newest first.", **fields)
