"""``layeron trigger``: send a correctly signed sample to the running service."""

import asyncio
from typing import Annotated

import httpx2
import typer

from layeron.cli.declared import find_webhook, load_declared, values_here
from layeron.cli.given import read_bytes
from layeron.cli.life import follow as follow_event
from layeron.cli.options import App, DataDir, Url
from layeron.declaration import InboundWebhook
from layeron.errors import GatewayError, LayeronError
from layeron.identity import is_event_id
from layeron.local import LocalService
from layeron.records import FINAL_STATUSES
from layeron.request import Request
from layeron.settings import Settings, load_settings
from layeron.testing import signed_request

_UNAUTHORIZED = 401


def trigger(
    provider: Annotated[str, typer.Argument(help="A provider or the name of a webhook.")],
    event_type: Annotated[str | None, typer.Argument(help="Such as invoice.paid.")] = None,
    data: Annotated[
        str | None, typer.Option(help="The body: text, @FILE, or - for standard input.")
    ] = None,
    follow: Annotated[bool, typer.Option(help="Wait for the event's end and show it.")] = True,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for the end.")] = 30,
    app: App = None,
    url: Url = None,
    data_dir: DataDir = None,
) -> None:
    """Send a signed sample event to the running service.

    Exit code 1: it was refused, its handler failed, or it is not over by the time waiting ends.
    """
    settings = load_settings(data_dir=data_dir, url=url, app=app)
    webhook = find_webhook(load_declared(settings), provider)
    body = None if data is None else read_bytes(data)

    async def run() -> None:
        values = await values_here(webhook, settings)
        base = settings.url or LocalService.of(settings.data_dir).url
        request = signed_request(
            webhook, body, event_type=event_type, secrets=values, base_url=base
        )
        event_id = await _send(webhook, request, settings)
        if follow and event_id:
            ended = await follow_event(event_id, settings, patience_seconds=wait)
            if ended.status in {"dead_letter", "failed"}:
                raise LayeronError(
                    f"the handler failed; mend it, then: layeron events replay {event_id}"
                )
            if ended.status not in FINAL_STATUSES:
                raise LayeronError(
                    f"{event_id} is not over after {wait:g} s (status {ended.status});"
                    f" look again with: layeron events show {event_id}"
                )

    asyncio.run(run())


async def _send(webhook: InboundWebhook, request: Request, settings: Settings) -> str | None:
    """Send it; the event's id, unless a handler answers for itself.

    Raises:
        GatewayError: nobody answers, or the request is refused.
    """
    base = settings.url or LocalService.of(settings.data_dir).url
    headers = list(request.headers.items())
    if webhook.placement.host:
        headers.append(("host", webhook.placement.host))
    path = f"{request.path}?{request.query_string}" if request.query_string else request.path
    try:
        async with httpx2.AsyncClient(timeout=60, trust_env=False) as http:
            answer = await http.request(
                request.method, f"{base}{path}", headers=headers, content=request.body
            )
    except (httpx2.TransportError, httpx2.InvalidURL) as error:
        raise GatewayError(
            f"nothing answers at {base} ({type(error).__name__}); start `layeron dev`, or set"
            " LAYERON_URL."
        ) from error
    typer.echo(f"{request.method} {base}{request.path} → {answer.status_code} {answer.text}")
    if not answer.is_success:
        mend = (
            "is the secret here that of the service?"
            if answer.status_code == _UNAUTHORIZED
            else "the service's log says more."
        )
        raise GatewayError(
            f"the sample was refused with {answer.status_code}; {mend}", answer.status_code
        )
    try:
        event_id = str(answer.json()["event_id"])
    except (ValueError, KeyError, TypeError):
        return None
    return event_id if is_event_id(event_id) else None
