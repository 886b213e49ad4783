"""The Terraform of deploy/gcp, read without Terraform."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import hcl2

ROOT = Path(__file__).resolve().parents[2]
GCP = ROOT / "deploy" / "gcp"


@dataclass(frozen=True)
class Block:
    """A block at the top of a file.

    Attributes:
        kind: such as ``resource``.
        labels: such as its type and its name.
        body: what it holds; expressions are text.
    """

    kind: str
    labels: tuple[str, ...]
    body: dict[str, Any]

    @property
    def name(self) -> str:
        """As other blocks write it."""
        return ".".join(self.labels)

    @property
    def text(self) -> str:
        """Everything in it, for a search."""
        return str(self.body)


@cache
def blocks() -> tuple[Block, ...]:
    """Every block of every file."""
    return tuple(each for path in sorted(GCP.glob("*.tf")) for each in _blocks_of(path))


def of_kind(kind: str) -> list[Block]:
    """The blocks of one kind."""
    return [each for each in blocks() if each.kind == kind]


def resources(kind: str) -> list[Block]:
    """The resources of a type."""
    return [each for each in of_kind("resource") if each.labels[0] == kind]


def within(value: object, key: str) -> Iterator[Any]:
    """Every value of this name, at any depth."""
    if isinstance(value, dict):
        for name, inner in cast("dict[str, object]", value).items():
            if name == key:
                yield inner
            yield from within(inner, key)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from within(inner, key)


_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "provider": 1}


def _blocks_of(path: Path) -> Iterator[Block]:
    with path.open() as file:
        # It does not say what its dict holds.
        parsed = _plain(hcl2.load(file))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  # see above
    for kind, bodies in parsed.items():
        if kind.startswith("__"):
            continue
        for body in bodies:
            labels: list[str] = []
            for _ in range(_LABELS.get(kind, 0)):
                ((label, body),) = (  # noqa: PLW2901  # one level deeper for each label
                    (name, inner) for name, inner in body.items() if not name.startswith("__")
                )
                labels.append(label)
            yield Block(kind, tuple(labels), body)


def _plain(value: object) -> Any:
    """Without the quotes that the parser keeps, and without its own marks."""
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return {
            name.strip('"'): _plain(inner) for name, inner in items if not name.startswith("__")
        }
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[object]", value)]
    if isinstance(value, str):
        return re.sub(r'^"(.*)"$', r"\1", value, flags=re.DOTALL)
    return value
