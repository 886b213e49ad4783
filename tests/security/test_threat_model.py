"""The page on threats names files and tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text()


def test_every_file_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`((?:tests|api|docs)/[\w./-]+)`", PAGE))
    named |= {f"docs/{each}" for each in re.findall(r"\]\(([\w-]+\.md)\)", PAGE)}
    assert len(named) > 40
    assert [each for each in sorted(named) if not (ROOT / each).exists()] == []


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    tests = "".join(each.read_text() for each in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 8
    assert [each for each in sorted(named) if f"def {each}(" not in tests] == []


def test_every_test_of_security_is_named_by_the_page() -> None:
    here = Path(__file__).parent
    files = [*here.glob("test_*.py"), *(here.parent / "fuzz").glob("test_*.py")]
    names = {str(each.relative_to(ROOT)) for each in files if each != Path(__file__)}
    assert sorted(name for name in names if f"`{name}`" not in PAGE) == []


def test_every_setting_that_the_page_names_is_one() -> None:
    known = (ROOT / "docs" / "settings.md").read_text()
    named = set(re.findall(r"`(LAYERON_\w+)`", PAGE)) - {"LAYERON_ENCRYPTION_KEY"}
    assert len(named) > 5
    assert [each for each in sorted(named) if f"| `{each}` |" not in known] == []
