"""The options that say which events, the same for every command that is about many."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from layeron.durations import parse_duration
from layeron.records import Direction, EventFilter, EventStatus


def read_time(text: str) -> datetime:
    """A time that is named by itself or by how long ago it was.

    Raises:
        typer.BadParameter: it is neither; says how to write one.
    """
    now = datetime.now(UTC)
    try:
        return now - parse_duration(text)
    except (ValueError, OverflowError):
        pass
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{text!r} is no time; write how long ago, such as 12h, or a time such as"
            f" {now:%Y-%m-%dT%H:%MZ}."
        ) from None


Since = Annotated[
    datetime | None,
    typer.Option(
        parser=read_time,
        metavar="TIME",
        help="Received since: 15m, 12h, 7d ago, or a time in ISO 8601.",
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(parser=read_time, metavar="TIME", help="Received before, in the same forms."),
]
Namespace = Annotated[str | None, typer.Option(help="Of the webhook.")]


def placed(webhook: str, namespace: str | None) -> tuple[str | None, str]:
    """The namespace and the name in ``[NAMESPACE/]NAME``.

    Raises:
        typer.BadParameter: the option says another namespace.
    """
    space, _, name = webhook.rpartition("/")
    if space and namespace not in {None, space}:
        raise typer.BadParameter(
            f"{webhook!r} is in namespace {space!r}; leave it out of one of the two.",
            param_hint="--namespace",
        )
    return space or namespace, name


def event_filter(  # noqa: PLR0913  # each is one filter that may be left out
    *,
    webhook: Annotated[str | None, typer.Option(help="[NAMESPACE/]NAME of a webhook.")] = None,
    namespace: Annotated[str | None, typer.Option(help="Of webhooks.")] = None,
    direction: Direction | None = None,
    status: EventStatus | None = None,
    event_type: Annotated[
        str | None, typer.Option("--type", help="Such as invoice.paid or invoice.*")
    ] = None,
    external_id: Annotated[
        str | None, typer.Option(help="The provider's id, or the key it was sent with.")
    ] = None,
    search: Annotated[str | None, typer.Option(help="Beginning of a type or an id.")] = None,
    http_status: Annotated[
        int | None, typer.Option(min=100, max=599, help="Latest answer of an endpoint.")
    ] = None,
    user_id: Annotated[str | None, typer.Option("--user", help="Customer it is sent for.")] = None,
    since: Since = None,
    until: Until = None,
) -> EventFilter:
    """The options that say which events."""
    space, name = placed(webhook or "", namespace)
    return EventFilter(
        direction=direction,
        namespace=space,
        webhook=name or None,
        status=status,
        event_type=event_type,
        external_event_id=external_id,
        search=search,
        since=since,
        until=until,
        http_status=http_status,
        user_id=user_id,
    )
