"""``layeron audit``: who changed or replayed what."""

from collections.abc import Sequence
from typing import Annotated

import typer

from layeron.cli.asking import Listing, Service, Wanted, service, wanted
from layeron.cli.merging import with_options
from layeron.cli.output import at
from layeron.operating_records import AuditEntry, AuditPage
from layeron.text import printable

app = typer.Typer(help="Who changed or replayed what.", no_args_is_help=True)


def _row(entry: AuditEntry) -> Sequence[str]:
    return (
        at(entry.at),
        printable(entry.actor, 60),
        entry.action,
        str(entry.status or "-"),
        printable(entry.target, 200),
    )


_LISTING = Listing[AuditPage, AuditEntry](
    ("AT (UTC)", "WHO", "ACTION", "ANSWER", "ABOUT"),
    lambda page: page.entries,
    _row,
    "nothing of that kind was asked for",
    flexible=("WHO", "ABOUT"),
)


@app.command("list")
@with_options(service, wanted)
def list_(
    running: Service,
    much: Wanted,
    action: Annotated[str | None, typer.Option(help="Such as event.replay.")] = None,
    target: Annotated[str | None, typer.Option(help="What it was about, such as an id.")] = None,
) -> None:
    """List changes and replays, newest first.

    With --json one object a line, with what was asked.
    """
    running.ask(
        lambda api: _LISTING.print(
            lambda limit, cursor: api.list_audit(
                action=action, target=target, limit=limit, cursor=cursor
            ),
            much,
        )
    )
