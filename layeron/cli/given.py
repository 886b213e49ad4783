"""Values of options and arguments that have a form: JSON, files, header fields."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from layeron.errors import ConfigurationError


def read_bytes(text: str) -> bytes:
    """What a text stands for: ``@FILE``, ``-`` for standard input, or itself.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    if text == "-":
        return sys.stdin.buffer.read()
    if not text.startswith("@"):
        return text.encode("utf-8", "surrogateescape")
    try:
        return Path(text[1:]).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{text[1:]} cannot be read ({error.strerror}); name another file after @."
        ) from None


def read_json(text: str, option: str) -> Any:
    """The JSON that a text is or stands for.

    Raises:
        typer.BadParameter: it is none; says where.
    """
    try:
        return json.loads(read_bytes(text), parse_constant=_no_constant)
    except RecursionError:
        why = "it is nested too deep"
    except ValueError as error:
        why = str(error)
    raise typer.BadParameter(
        f"it is no JSON ({why}); write some such as '{{\"id\": 1}}', @FILE, or - for standard"
        " input.",
        param_hint=option,
    )


def read_headers(fields: Sequence[str]) -> dict[str, str]:
    """Header fields from lines ``NAME: VALUE``.

    Raises:
        typer.BadParameter: one has no colon.
    """
    headers: dict[str, str] = {}
    for number, each in enumerate(fields, 1):
        name, colon, value = each.partition(":")
        if not colon or not name.strip():
            # What was written may be a token, so it is not repeated.
            raise typer.BadParameter(
                f"number {number} is no header field; write one such as 'X-Tenant: 7'.",
                param_hint="--header",
            )
        headers[name.strip()] = value.strip()
    return headers


def _no_constant(name: str) -> float:
    raise ValueError(f"JSON has no {name}")
