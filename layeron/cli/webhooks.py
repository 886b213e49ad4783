"""``layeron webhooks``: what the running service declares, and how it is doing."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from layeron.cli.api import LiveWebhook, LiveWebhooks
from layeron.cli.asking import Listing, Service, Wanted, service
from layeron.cli.filters import Namespace, placed
from layeron.cli.merging import with_options
from layeron.cli.options import AsJson
from layeron.cli.output import print_json
from layeron.cli.shown import counts_of
from layeron.describing import DedupeDescription, DeliveryDescription
from layeron.text import printable

app = typer.Typer(help="What is declared, and how it is doing.", no_args_is_help=True)


def _row(webhook: LiveWebhook) -> Sequence[str]:
    counts = webhook.events
    return (
        f"{webhook.namespace}/{webhook.name}",
        "receives" if webhook.direction == "inbound" else "sends",
        str(sum(counts.values())),
        str(counts.get("retrying", 0)),
        str(counts.get("dead_letter", 0) + counts.get("failed", 0)),
        _place(webhook),
    )


_LISTING = Listing[LiveWebhooks, LiveWebhook](
    ("WEBHOOK", "DOES", "EVENTS (24 H)", "RETRYING", "FAILED", "PATH OR ENDPOINTS"),
    lambda page: page.webhooks,
    _row,
    "the application declares no webhooks",
    flexible=("PATH OR ENDPOINTS",),
    optional=("DOES",),
)


@app.command("list")
@with_options(service)
def list_(running: Service, as_json: AsJson = False) -> None:
    """List the declared webhooks with the events of a day.

    With --json one object a line.
    """
    everything = Wanted(None, None, as_json)
    running.ask(lambda api: _LISTING.print(lambda _, __: api.list_webhooks(), everything))


@app.command("show")
@with_options(service)
def show(
    running: Service,
    webhook: Annotated[str, typer.Argument(help="[NAMESPACE/]NAME of a webhook.")],
    namespace: Namespace = None,
    as_json: AsJson = False,
) -> None:
    """Show what a webhook was declared to be; no secrets."""
    space, name = placed(webhook, namespace)
    found = running.ask(lambda api: api.get_webhook(space or "default", name))
    if as_json:
        print_json(found)
        return
    for line in _lines(found):
        typer.echo(line)


def _lines(webhook: LiveWebhook) -> Iterator[str]:
    does = f"receives from {webhook.provider}" if webhook.direction == "inbound" else "sends"
    yield f"{webhook.namespace}/{webhook.name}  {does}"
    if webhook.direction == "inbound":
        yield f"  at         {_place(webhook)}"
    rule = webhook.signature
    places = [*rule.headers, *filter(None, (rule.query_param, rule.body_field))]
    where = f" in {', '.join(places)}" if places else ""
    yield f"  signature  {rule.algorithm}{where}, of {printable(rule.signed_payload)}"
    yield f"  secrets    {', '.join(rule.secrets) or 'none of the secret store'}"
    if webhook.delivery and webhook.dedupe:
        yield from _handling(webhook.delivery, webhook.dedupe)
    for handler in webhook.handlers:
        yield f"  handles    {handler.event_type} by {handler.kind} {handler.name}"
    if webhook.direction == "outbound":
        yield f"  endpoints  {_place(webhook)}"
        yield f"  types      {', '.join(webhook.event_types) or '*'}"
    if webhook.operational:
        yield f"  trouble    is told by {webhook.operational}"
    yield f"  last day   {counts_of(webhook.events) or 'no events'}"


def _handling(delivery: DeliveryDescription, dedupe: DedupeDescription) -> Iterator[str]:
    tries = f"{delivery.attempts} attempts, {delivery.backoff}"
    delays = f"{delivery.initial_delay_seconds:g} s to {delivery.max_delay_seconds:g} s"
    yield f"  attempts   {tries} from {delays}, {delivery.timeout_seconds:g} s each"
    if not delivery.queue:
        yield f"  answers    with the handler's result within {delivery.respond_within_seconds:g} s"
    if not delivery.dead_letter:
        yield "  at the end it has failed, and is no dead letter"
    key = ", ".join(dedupe.key) if dedupe.key else "the provider's id"
    yield f"  repeats    by {printable(key)}, for {dedupe.ttl_seconds:g} s"


def _place(webhook: LiveWebhook) -> str:
    if webhook.direction == "outbound":
        return ", ".join(webhook.endpoints) or "none in code"
    return webhook.url or f"{webhook.host or ''}{webhook.path or ''}"
