"""How much a database reads for a question."""

from collections.abc import Generator
from typing import Any


def nodes(plan: dict[str, Any]) -> Generator[dict[str, Any]]:
    """The steps of a plan of PostgreSQL's."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def rows_read(node: dict[str, Any]) -> float:
    """What a step has read."""
    removed = node.get("Rows Removed by Filter", 0)
    rows: float = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return rows


class Steps:
    """Counts the instructions of SQLite's machine."""

    EACH = 100
    PER_ENTRY = 10

    def __init__(self) -> None:
        self.taken = 0

    def count(self) -> None:
        self.taken += self.EACH
