"""``layeron verify``: explain why a captured request does or does not verify."""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from layeron.adapters.documents import HTTPSDocuments
from layeron.capture import parse_capture
from layeron.cli.declared import find_webhook, live_values, load_declared
from layeron.cli.options import App, DataDir
from layeron.errors import ConfigurationError
from layeron.settings import load_settings
from layeron.signing.explanation import Explanation, explain
from layeron.text import printable


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

    async def run() -> Explanation:
        values = await live_values(declared, settings)
        documents = HTTPSDocuments()
        try:
            return await explain(
                declared.signature, received, values, now=_moment(at), documents=documents
            )
        finally:
            await documents.close()

    told = asyncio.run(run())
    marks = {True: "yes", False: "NO", None: "-"}
    for step in told.steps:
        typer.echo(f"{marks[step.good]:>3}  {step.title}: {step.detail}")
    verdict = told.verdict
    if verdict.accepted:
        by = f" by secret {verdict.secret.secret.name}" if verdict.secret else ""
        typer.echo(f"\nit verifies{by}")
        return
    typer.echo(f"\nit does not verify: {verdict.cause} ({printable(verdict.detail, 1000)})")
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
