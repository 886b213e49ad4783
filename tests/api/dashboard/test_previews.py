"""How a body is shown: as it was sent, and indented where it is JSON."""

import pytest

from api.dashboard.preview import LONGEST, indented, preview


def test_json_is_indented_and_nothing_else_of_it_changes() -> None:
    sent = '{"b":[1.10,1E400,{}],"a":"{\\"x\\": [1,2]}", "a":[ ],"n":12345678901234567890123}'
    assert indented(sent) == (
        '{\n  "b": [\n    1.10,\n    1E400,\n    {}\n  ],\n  "a": "{\\"x\\": [1,2]}",\n'
        '  "a": [],\n  "n": 12345678901234567890123\n}'
    )


@pytest.mark.parametrize("text", ["", "plain", "{", '{"a":1}x', "[" * 100_000, "a=1&b=2"])
def test_what_is_no_json_is_not_indented(text: str) -> None:
    assert indented(text) is None


def test_json_that_would_become_huge_is_not_indented() -> None:
    assert indented("[" * 400 + "1," * 20_000 + "1" + "]" * 400) is None


def test_a_large_body_is_cut_without_harm_to_its_last_character() -> None:
    shown = preview(b"x" * (LONGEST - 1) + "é".encode() + b"y" * 100)
    assert shown.raw.startswith("xxx")
    assert len(shown.raw) == LONGEST
    assert shown.note == "These are its first 64 KiB."
    assert shown.pretty is None


def test_bytes_that_are_no_text_are_told_of() -> None:
    shown = preview(b"\xff\x00\x1b[31m\n\tend")
    assert shown.raw == "�\\x00\\x1b[31m\n\tend"
    assert shown.note
    assert "not UTF-8" in shown.note
