"""One measured figure, and the target it is held to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What one line of the report says.

    Attributes:
        name: what was measured.
        unit: of the value; empty for counts and ratios.
        at_most: the target, where less is better.
        at_least: the target, where more is better.
    """

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def target(self) -> str:
        """The target in words; empty where there is none."""
        if self.at_most is not None:
            return f"at most {self.at_most:g}"
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return ""

    @property
    def is_met(self) -> bool | None:
        """Whether the value is on the right side of its target; None where there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        if self.at_least is not None:
            return self.value >= self.at_least
        return None


def table(figures: list[Figure]) -> str:
    """The figures as lines of text in columns."""
    rows = table_rows(figures)
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {target:<{widths[2]}}  {verdict}".rstrip()
        for name, value, target, verdict in rows
    )


def table_rows(figures: list[Figure]) -> list[tuple[str, ...]]:
    """A head, and a row for each figure: name, value, target and whether it is met."""
    rows = [(each.name, _shown(each), each.target, _verdict(each)) for each in figures]
    return [("figure", "value", "target", ""), *rows]


def _shown(figure: Figure) -> str:
    number = f"{figure.value:g}" if float(figure.value).is_integer() else f"{figure.value:.2f}"
    return f"{number} {figure.unit}".rstrip()


def _verdict(figure: Figure) -> str:
    return {True: "met", False: "MISSED", None: ""}[figure.is_met]
