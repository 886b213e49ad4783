"""``layeron overview``: what happened lately, and how much waits for workers."""

from collections.abc import Iterator
from typing import Annotated

import typer

from layeron.cli.api import Overview
from layeron.cli.asking import Service, service
from layeron.cli.merging import with_options
from layeron.cli.options import AsJson
from layeron.cli.output import print_json
from layeron.cli.shown import counts_of, time_of


@with_options(service)
def overview(
    running: Service,
    hours: Annotated[int, typer.Option(min=1, help="How far back; at most a month.")] = 24,
    as_json: AsJson = False,
) -> None:
    """Show what happened lately, and how much waits for workers."""
    found = running.ask(lambda api: api.get_overview(hours))
    if as_json:
        print_json(found)
        return
    for line in _lines(found):
        typer.echo(line)


def _lines(found: Overview) -> Iterator[str]:
    yield f"since {time_of(found.since)}"
    yield f"  events     {counts_of(found.counts) or 'none'}"
    for webhook, counts in found.webhooks.items():
        yield f"             {webhook}: {counts_of(counts)}"
    if found.seconds_p50 is not None and found.seconds_p99 is not None:
        yield f"  took       p50 {found.seconds_p50:.3f} s, p99 {found.seconds_p99:.3f} s"
    if found.backlog is None:
        yield "  waiting    unknown, as the engine does not answer"
    for each in found.backlog or ():
        oldest = f", the oldest for {each.oldest_seconds:.0f} s" if each.waiting else ""
        yield f"  waiting    {each.waiting} for {each.work}{oldest}"
    if found.inbox and found.inbox.events:
        oldest = f"the oldest for {found.inbox.oldest_seconds:.0f} s"
        yield f"  inbox      {found.inbox.events} accepted, which wait for the engine, {oldest}"
