"""What the documents say about declarations is true."""

import re
from pathlib import Path

from layeron import webhooks
from layeron.signing.verdict import Cause

_NO_PRESETS = {"custom", "out"}
DOCS = Path(__file__).parents[2] / "docs"


def test_every_preset_is_in_the_table_of_providers_and_no_other() -> None:
    rows = re.findall(r"^\| `([a-z0-9_]+)` \|", (DOCS / "providers.md").read_text(), re.MULTILINE)
    assert rows == sorted({*webhooks.__all__} - {"out"})


def test_every_cause_of_a_refusal_is_explained() -> None:
    text = (DOCS / "signatures.md").read_text()
    assert [cause for cause in Cause if f"`{cause}`" not in text] == []


def test_every_preset_has_a_docstring_with_its_page() -> None:
    verbs = [getattr(webhooks, name) for name in webhooks.__all__ if name not in _NO_PRESETS]
    assert [each.__name__ for each in verbs if "https://" not in (each.__doc__ or "")] == []
