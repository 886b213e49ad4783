"""``layeron verify``: explain why a captured request does or does not verify."""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from layeron.capture import parse_capture
from layeron.cli.declared import find_webhook, load_declared
from layeron.cli.explaining import explanation_lines
from layeron.cli.options import App, DataDir
from layeron.errors import ConfigurationError
from layeron.settings import load_settings


def verify(
    webhook: Annotated[str, typer.Argument(help="A provider or the name of a webhook.")],
    request: Annotated[str, typer.Argument(help="File with the captured request; - for stdin.")],
    at: Annotated[
        str | None, typer.Option(help="When it was received, such as 2026-01-31T12:00:00Z.")
    ] = None,
    app: App = None,
    data_dir: DataDir = None,
) -> None:
    """Explain why a captured request does or does not verify.

    Step by step: where the signature was looked for, what was signed, what was expected and what
    was found; no secret is shown.
    """
    settings = load_settings(app=app, data_dir=data_dir)
    declared = find_webhook(load_declared(settings), webhook)
    received = parse_capture(_read(request))
    if declared.placement.url:
        address = declared.placement.url
        query = f"?{received.query_string}" if received.query_string else ""
        received = replace(received, url=f"{address}{query}")

    verifies, lines = asyncio.run(explanation_lines(declared, received, settings, now=_moment(at)))
    for line in lines:
        typer.echo(line)
    if not verifies:
        raise typer.Exit(1)


def _read(place: str) -> bytes:
    if place == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(place).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{place} cannot be read ({error.strerror}).") from None


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"--at {text!r} is no time; write 2026-01-31T12:00:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
