"""The PromQL of dashboard and alerts, taken apart by a parser of it."""

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import promql_parser
import yaml

_OPERATORS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!="}


@dataclass(frozen=True)
class Selector:
    """One metric in a query.

    Attributes:
        matchers: label, operator and value.
        grouped_by: labels that the query's aggregations keep.
    """

    metric: str
    matchers: frozenset[tuple[str, str, str]]
    grouped_by: frozenset[str]

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether a series is one of these."""
        return all(
            (labels.get(label) == value) is (operator == "=")
            for label, operator, value in self.matchers
        )

    def __str__(self) -> str:
        known = [f"{label}{operator}{value}" for label, operator, value in sorted(self.matchers)]
        return " ".join([self.metric, *known, "by", *sorted(self.grouped_by)])


def rules_in(folder: Path) -> Sequence[Mapping[str, Any]]:
    """The alert rules."""
    known = yaml.safe_load((folder / "alerts.yaml").read_text())
    return [rule for group in known["groups"] for rule in group["rules"]]


def queries_in(folder: Path) -> Sequence[str]:
    """Every query of a panel or an alert."""
    dashboard = json.loads((folder / "grafana/layeron.json").read_text())
    panels = [
        target["expr"].replace("$__rate_interval", "5m")
        for panel in dashboard["panels"]
        for target in panel["targets"]
    ]
    return [*panels, *(str(rule["expr"]) for rule in rules_in(folder))]


def selectors_of(folder: Path) -> Sequence[Selector]:
    """Every metric that they ask for, as they ask for it."""
    found = {
        each
        for query in queries_in(folder)
        for each in _selectors(promql_parser.parse(query), frozenset())
    }
    return sorted(found, key=str)


def _selectors(node: Any, grouped_by: frozenset[str]) -> Generator[Selector]:
    match node:
        case promql_parser.VectorSelector():
            matchers = frozenset(
                (each.name, _OPERATORS[str(each.op)], each.value) for each in node.matchers.matchers
            )
            yield Selector(cast("str", node.name), matchers, grouped_by)
        case promql_parser.MatrixSelector():
            yield from _selectors(node.vector_selector, grouped_by)
        case promql_parser.AggregateExpr():
            kept = frozenset[str](node.modifier.labels if node.modifier else ())
            yield from _selectors(node.expr, grouped_by | kept)
        case promql_parser.Call():
            for each in node.args:
                yield from _selectors(each, grouped_by)
        case promql_parser.BinaryExpr():
            yield from _selectors(node.lhs, grouped_by)
            yield from _selectors(node.rhs, grouped_by)
        case promql_parser.ParenExpr() | promql_parser.UnaryExpr() | promql_parser.SubqueryExpr():
            yield from _selectors(node.expr, grouped_by)
        case promql_parser.NumberLiteral() | promql_parser.StringLiteral():
            return
        case _:
            raise TypeError(f"{type(node).__name__} is not known here")
