"""``layeron trigger``: send a correctly signed sample to the running service."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from layeron.cli.life import send_and_follow
from layeron.cli.options import App, DataDir, Url
from layeron.errors import ConfigurationError


def trigger(
    provider: Annotated[str, typer.Argument(help="A provider or the name of a webhook.")],
    event_type: Annotated[str | None, typer.Argument(help="Such as invoice.paid.")] = None,
    data: Annotated[
        str | None, typer.Option(help="The body, @FILE, or - for standard input.")
    ] = None,
    follow: Annotated[bool, typer.Option(help="Wait for the event's end and show it.")] = True,
    app: App = None,
    url: Url = None,
    data_dir: DataDir = None,
) -> None:
    """Send a correctly signed sample event to the running service."""
    asyncio.run(
        send_and_follow(
            provider, event_type, data_dir=data_dir, url=url, app=app, body=_body(data),
            follow=follow,
        )
    )  # fmt: skip


def _body(data: str | None) -> bytes | None:
    if data == "-":
        return sys.stdin.buffer.read()
    if data and data.startswith("@"):
        try:
            return Path(data[1:]).read_bytes()
        except OSError as error:
            raise ConfigurationError(f"{data[1:]} cannot be read ({error.strerror}).") from None
    return data.encode() if data is not None else None
