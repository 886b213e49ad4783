"""Proofs are never compared with ``==``, which stops at the first difference."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import layeron.providers
import layeron.signing

SECRETIVE = (
    "secret",
    "signature",
    "token",
    "mac",
    "digest",
    "expected",
    "candidate",
    "key",
    "proof",
)
FOLDERS = [Path(next(iter(each.__path__))) for each in (layeron.signing, layeron.providers)]
FILES = [file for folder in FOLDERS for file in sorted(folder.rglob("*.py"))]


def comparisons(source: str) -> Iterator[ast.Compare]:
    """Those that find out whether two values are equal, or one is among others."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and any(
            isinstance(each, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for each in node.ops
        ):
            yield node


def names_in(node: ast.expr) -> set[str]:
    """The words of every name in an expression, but not those of text in it."""
    found = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    found |= {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    return {word for name in found for word in name.lower().strip("_").split("_")}


def is_secretive(node: ast.expr) -> bool:
    plural = {f"{word}s" for word in SECRETIVE}
    return bool(names_in(node) & {*SECRETIVE, *plural})


def suspects(source: str) -> list[str]:
    return [
        ast.unparse(node)
        for node in comparisons(source)
        if any(is_secretive(side) for side in (node.left, *node.comparators))
    ]


# References to secrets, options of rules, lengths: none of them is a value of a secret or a proof.
HARMLESS = {
    "key.secret not in rule.own_secrets",
    "key.secret in rule.own_secrets",
    "'text' in rule.secret_encodings",
    "len(signature) == size",
    "len(key) not in _ED25519_PRIVATE_SIZES",
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_secret_or_proof_is_compared_in_variable_time(file: Path) -> None:
    assert set(suspects(file.read_text())) <= HARMLESS


def test_the_walk_finds_what_it_looks_for() -> None:
    assert suspects("ok = expected_mac == candidate") == ["expected_mac == candidate"]
    assert suspects("if request.token in tokens: pass") == ["request.token in tokens"]
    assert suspects("if 'secret' == kind: pass") == []
    assert len(FILES) > 15
