"""``layeron deployment``: which release of the workers gets the work; asks Temporal itself."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer

from layeron.cli.options import AsJson
from layeron.cli.output import print_json
from layeron.durations import parse_duration
from layeron.errors import ConfigurationError
from layeron.settings import Settings, load_settings

app = typer.Typer(help="Releases of the workers.", no_args_is_help=True)

Name = Annotated[
    str | None, typer.Option("--name", help="The deployment. [env: LAYERON_DEPLOYMENT]")
]


@app.command("show")
def show(name: Name = None, as_json: AsJson = False) -> None:
    """Show the releases that Temporal knows, the newest first, and the promoted one."""
    from layeron.adapters.temporal.deployments import (  # noqa: PLC0415  # loads Temporal's client
        describe_deployment,
    )

    settings, deployment = _deployment(name)
    found = asyncio.run(describe_deployment(settings, deployment))
    if as_json:
        print_json(
            {"deployment": deployment, "current": found.current, "build_ids": found.build_ids}
        )
        return
    for build_id in found.build_ids:
        typer.echo(f"{build_id}{'  promoted' if build_id == found.current else ''}")
    if found.current is None:
        newest = next(iter(found.build_ids), "BUILD_ID")
        typer.echo(f"none is promoted; run: layeron deployment promote {newest}")


@app.command("promote")
def promote(
    build_id: Annotated[
        str | None, typer.Argument(help="The release. [env: LAYERON_BUILD_ID]")
    ] = None,
    name: Name = None,
    wait: Annotated[
        str, typer.Option(help="How long its workers are waited for, such as 30s or 5m.")
    ] = "60s",
) -> None:
    """Give the work to this release's workers, once they are there.

    The same command with the release before takes it back.
    """
    from layeron.adapters.temporal.deployments import (  # noqa: PLC0415  # loads Temporal's client
        promote_release,
    )

    settings, deployment = _deployment(name)
    release = build_id or settings.build_id
    if release is None:
        raise ConfigurationError("which release? Name its build id, or set LAYERON_BUILD_ID.")
    patience = _duration(wait)
    asyncio.run(promote_release(settings, deployment, release, wait=patience))
    typer.echo(f"{deployment}.{release} gets the work")


def _deployment(name: str | None) -> tuple[Settings, str]:
    settings = load_settings()
    found = name or settings.deployment
    if found is None:
        raise ConfigurationError(
            "which deployment? Name it with --name, or set LAYERON_DEPLOYMENT."
        )
    return settings, found


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--wait") from None
