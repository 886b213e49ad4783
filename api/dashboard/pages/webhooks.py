"""Webhooks: what is declared in both directions, in words, and how it is doing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from api.dashboard import trying, wording
from api.dashboard.door import Door
from api.dashboard.site import Site
from api.dashboard.visit import Visit
from layeron.application import Declared
from layeron.declaration import InboundWebhook
from layeron.errors import NotFoundError, SecretUnavailableError
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.signatures import uses_generated_secret
from layeron.records import EventFilter, EventStatus
from layeron.secrets import Secret

_DAY = timedelta(hours=24)
_MOST_EVENTS = 50_000
_NEWEST = 10

Counts = Mapping[EventStatus, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A webhook in the list.

    Attributes:
        place: where it is reached, or how many endpoints are declared.
        counts: events of the last 24 hours, by status.
    """

    webhook: Declared
    label: str
    direction: str
    place: str
    provider: str
    rule: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class SecretState:
    """A secret by name, and which of its versions have a value here; never the value."""

    name: str
    versions: Sequence[str]
    trouble: str | None = None


class WebhooksPage:
    """Look at what is declared; it is changed in code."""

    def __init__(self, door: Door, site: Site) -> None:
        self._door = door
        self._site = site

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        return [
            self._door.page("/webhooks", self._list),
            self._door.page("/webhooks/{namespace}/{webhook}", self._show),
        ]

    async def _list(self, visit: Visit) -> Response:
        app = self._site.app
        counts = await self._counts()
        every: list[Declared] = [*app.webhooks, *app.publishers]
        rows = [_row(each, counts.get(_label(each), {})) for each in every]
        return visit.render("webhooks.html", rows=rows)

    async def _show(self, visit: Visit) -> Response:
        namespace, name = (
            str(visit.request.path_params[each]) for each in ("namespace", "webhook")
        )
        app = self._site.app
        webhook = app.webhook(namespace, name) or app.publisher(namespace, name)
        if webhook is None:
            raise NotFoundError(f"no webhook is declared as {f'{namespace}/{name}'[:90]!r}")
        where = EventFilter(namespace=namespace, webhook=name)
        counts, newest, secrets = await asyncio.gather(
            self._counts(),
            self._site.services.events.list_events(where, limit=_NEWEST),
            asyncio.gather(*(self._secret(each) for each in webhook.secrets)),
        )
        return visit.render(
            "webhook_now.html" if visit.live else "webhook.html",
            row=_row(webhook, counts.get(_label(webhook), {})),
            facts=self._facts(webhook),
            handlers=wording.handlers_in_words(webhook),
            secrets=secrets,
            generated=isinstance(webhook, OutboundWebhook) and _generates(webhook),
            events=newest.events,
            lines=self._lines(webhook),
        )

    async def _counts(self) -> Mapping[str, Counts]:
        now = datetime.now(UTC)
        activity = await self._site.tools.statistics.activity(
            since=now - _DAY, until=now, bucket=_DAY, most=_MOST_EVENTS
        )
        return activity.webhooks

    async def _secret(self, secret: Secret) -> SecretState:
        try:
            values = await self._site.tools.secrets.values(secret)
        except SecretUnavailableError as trouble:
            return SecretState(secret.name, [], str(trouble))
        return SecretState(secret.name, [each.version for each in values])

    def _facts(self, webhook: Declared) -> list[tuple[str, str]]:
        known = self._site.settings
        kept = wording.retention_in_words(webhook.retention, known.keep_bodies, known.keep_records)
        if isinstance(webhook, InboundWebhook):
            answer = webhook.delivery
            waits = f"The handler's result, if it comes within {answer.respond_within_seconds:g} s"
            return [
                ("Retry", wording.retry_in_words(webhook)),
                ("Duplicates", wording.dedupe_in_words(webhook)),
                ("Answer", "202 as soon as it is durable" if answer.queue else waits),
                ("Kept", kept),
            ]
        return [
            ("Types", ", ".join(webhook.event_types) or "any"),
            ("Payload", "as type, timestamp and data" if webhook.envelope else "alone"),
            ("Endpoints of one customer", f"at most {webhook.endpoints_per_user}"),
            ("Kept", kept),
        ]

    def _lines(self, webhook: Declared) -> list[tuple[str, str]]:
        base = trying.base_url(self._site.settings.url)
        if isinstance(webhook, OutboundWebhook):
            return [
                ("From a terminal", trying.send_lines(webhook)),
                ("Over the API", trying.send_curl(webhook, base)),
            ]
        lines = [("From the folder of your application", trying.trigger_line(webhook))]
        if curl := trying.signed_curl(webhook, base):
            lines.append(("From any shell that has the secret as a variable", curl))
        return lines


def _label(webhook: Declared) -> str:
    return f"{webhook.namespace}/{webhook.name}"


def _row(webhook: Declared, counts: Counts) -> Row:
    if isinstance(webhook, InboundWebhook):
        place = webhook.placement.url or str(webhook.placement)
        rule, provider = wording.rule_in_words(webhook.signature), webhook.provider.name
        return Row(webhook, _label(webhook), "inbound", place, provider, rule, counts)
    place = f"{len(webhook.declared)} endpoints in code, and those made at run time"
    rule = wording.rule_in_words(webhook.signing)
    return Row(webhook, _label(webhook), "outbound", place, "", rule, counts)


def _generates(webhook: OutboundWebhook) -> bool:
    """Whether requests to endpoints made at run time are signed with secrets of the vault."""
    return uses_generated_secret(webhook.signing)
