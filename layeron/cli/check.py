"""``layeron check``: load the application and say what it declares and what it lacks."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import typer
from pydantic import TypeAdapter

from layeron.adapters.secret_sources import open_secret_source
from layeron.application import Backend
from layeron.cli.options import AppArgument, AsJson, DataDir
from layeron.cli.process import OURSELVES
from layeron.declaration import InboundWebhook
from layeron.errors import LayeronError
from layeron.loading import load_app
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.encryption import load_cipher
from layeron.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Declared:
    """A webhook, as far as people ask.

    Attributes:
        name: as the command line takes it.
        handles: the types of event that have a handler.
    """

    name: str
    host: str | None
    path: str
    handles: Sequence[str]

    @classmethod
    def of(cls, webhook: InboundWebhook) -> "Declared":
        """What a webhook is to people."""
        place = webhook.placement
        return cls(_name(webhook), place.host, place.path, webhook.handlers.patterns)

    def shown_at(self, base: str) -> str:
        """One line for people, with its address under *base*."""
        host = f" (Host: {self.host})" if self.host else ""
        handles = ", ".join(self.handles) or "no handler yet"
        return f"{self.name} at {base}{self.path}{host}: {handles}"


@dataclass(frozen=True, slots=True)
class DeclaredPublisher:
    """An outbound webhook, as far as people ask.

    Attributes:
        sends: the types of event it may send; empty means any.
        endpoints: names of those declared in code; others are created at run time.
    """

    publisher: str
    sends: Sequence[str]
    endpoints: Sequence[str]

    @classmethod
    def of(cls, webhook: OutboundWebhook) -> "DeclaredPublisher":
        """What a publisher is to people."""
        endpoints = [each.name for each in webhook.declared.values()]
        return cls(_name(webhook), list(webhook.event_types), endpoints)

    def shown(self) -> str:
        """One line for people."""
        endpoints = ", ".join([*self.endpoints, "endpoints created at run time"])
        return f"{self.publisher} sends {', '.join(self.sends) or 'any event'} to {endpoints}"


AnyDeclared: TypeAlias = Declared | DeclaredPublisher

_declared = TypeAdapter(list[AnyDeclared])


def check(app: AppArgument = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Load the application; show its webhooks and what is missing."""
    settings = load_settings(app=app, data_dir=data_dir)
    loaded = load_app(settings.app)
    missing = asyncio.run(_missing_secrets(loaded, settings))
    for error in missing:
        typer.echo(f"layeron: {error}", err=True)
    webhooks = [Declared.of(each) for each in loaded.webhooks]
    publishers = [DeclaredPublisher.of(each) for each in loaded.publishers]
    if as_json:
        typer.echo(_declared.dump_json([*webhooks, *publishers]))
    else:
        for line in [
            *(each.shown_at("") for each in webhooks),
            *(each.shown() for each in publishers),
        ]:
            typer.echo(line)
    if not webhooks and not publishers:
        typer.echo(f"{settings.app} declares no webhook; add one with app.use(…)", err=True)
    raise typer.Exit(bool(missing))


async def declared_by(environment: Mapping[str, str]) -> Sequence[AnyDeclared] | None:
    """What an application declares, by `check` in a process of its own.

    None if it cannot start here; the process has said why.
    """
    process = await asyncio.create_subprocess_exec(
        *OURSELVES, "check", "--json",
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        return None
    return _declared.validate_json(output.splitlines()[-1])  # the user's code may print, too


def _name(webhook: InboundWebhook | OutboundWebhook) -> str:
    space = "" if webhook.namespace == "default" else f"{webhook.namespace}/"
    return f"{space}{webhook.name}"


async def _missing_secrets(app: Backend, settings: Settings) -> Sequence[LayeronError]:
    source = open_secret_source(settings.secrets, settings.data_dir, settings.secrets_refresh)
    needed: list[Awaitable[object]] = [source.values(each) for each in app.secrets]
    if app.publishers:
        needed.append(load_cipher(source))
    from layeron.adapters.temporal.codec import (  # noqa: PLC0415  # loads Temporal's client
        open_codec,
    )

    needed.append(open_codec(settings, source, "").check())
    missing: list[LayeronError] = []
    try:
        for each in needed:
            try:
                await each
            except LayeronError as error:
                missing.append(error)
    finally:
        await source.close()
    return missing
