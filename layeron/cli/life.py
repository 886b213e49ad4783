"""Send a sample to the running service and tell that event's life."""

import asyncio
from pathlib import Path

import httpx2
import typer

from layeron.adapters.secret_sources import open_secret_source
from layeron.application import Backend
from layeron.cli.tables import event_lines
from layeron.client import HTTPGateway
from layeron.declaration import InboundWebhook
from layeron.errors import ConfigurationError, GatewayError, NotFoundError
from layeron.links import workflow_page
from layeron.loading import load_app
from layeron.local import LocalService
from layeron.records import FINAL_STATUSES
from layeron.secrets import SecretValue
from layeron.settings import Settings, load_settings
from layeron.testing import signed_request

_PATIENCE_SECONDS = 30


async def send_and_follow(
    provider: str,
    event_type: str | None,
    *,
    data_dir: Path | None = None,
    url: str | None = None,
    app: str | None = None,
    body: bytes | None = None,
    follow: bool = True,
) -> None:
    """Send a correctly signed sample and print what became of it.

    Raises:
        ConfigurationError: there is no such webhook, or nothing to send.
        GatewayError: the service does not answer.
    """
    settings = load_settings(data_dir=data_dir, url=url, app=app)
    local = LocalService.of(settings.data_dir)
    declared = load_app(
        settings.app or local.app, folder=Path(local.folder) if local.folder else None
    )
    webhook = _find(declared, provider)
    base = settings.url or local.url
    event_id = await _send(webhook, event_type, body, base, await _values(webhook, settings))
    if follow and event_id:
        await _follow(event_id, settings)


async def _send(
    webhook: InboundWebhook,
    event_type: str | None,
    body: bytes | None,
    base: str,
    values: list[SecretValue],
) -> str | None:
    request = signed_request(webhook, body, event_type=event_type, secrets=values)
    headers = list(request.headers.items())
    if webhook.placement.host:
        headers.append(("host", webhook.placement.host))
    query = f"?{request.query_string}" if request.query_string else ""
    try:
        async with httpx2.AsyncClient(base_url=base, timeout=60, trust_env=False) as http:
            answer = await http.request(
                request.method, f"{request.path}{query}", headers=headers, content=request.body
            )
    except httpx2.TransportError as error:
        raise GatewayError(
            f"nothing answers at {base} ({type(error).__name__}); start `layeron dev`, or set"
            " LAYERON_URL."
        ) from error
    typer.echo(f"{request.method} {base}{request.path} → {answer.status_code} {answer.text}")
    if not answer.is_success:
        raise GatewayError(f"the sample was refused with {answer.status_code}", answer.status_code)
    try:
        return str(answer.json()["event_id"])
    except (ValueError, KeyError, TypeError):
        return None  # a handler that answers for itself


async def _follow(event_id: str, settings: Settings) -> None:
    """Print the event when it has come to an end, or what it is doing by then."""
    api = HTTPGateway.from_settings(settings)
    record = None
    for _ in range(_PATIENCE_SECONDS * 5):
        try:
            record = await api.get_event(event_id)
        except NotFoundError:
            record = None  # the engine's index is a moment behind its starts
        if record and record.status in FINAL_STATUSES:
            break
        await asyncio.sleep(0.2)
    if record is None:
        raise GatewayError(f"event {event_id} is not visible yet; is a worker running?")
    for line in event_lines(record):
        typer.echo(line)
    local = LocalService.of(settings.data_dir)
    typer.echo(f"  API        {settings.url or local.url}/api/v1/events/{event_id}")
    if local.temporal_ui:
        page = workflow_page(local.temporal_ui, record.workflow_id, record.run_id)
        typer.echo(f"  Temporal   {page}")


def _find(app: Backend, wanted: str) -> InboundWebhook:
    """The webhook of this name, or the only one of this provider."""
    named = [
        each for each in app.webhooks if wanted in {each.name, f"{each.namespace}/{each.name}"}
    ]
    found = named or [each for each in app.webhooks if each.provider.name == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"{each.namespace}/{each.name}" for each in found)
        raise ConfigurationError(f"several webhooks fit {wanted!r}; name one of {names}.")
    known = ", ".join(each.name for each in app.webhooks) or "none"
    raise ConfigurationError(f"no webhook fits {wanted!r}; this application declares: {known}.")


async def _values(webhook: InboundWebhook, settings: Settings) -> list[SecretValue]:
    source = open_secret_source(settings.secrets, settings.data_dir, settings.secrets_refresh)
    try:
        return [value for each in webhook.secrets for value in await source.values(each)]
    finally:
        await source.close()
