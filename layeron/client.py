"""The HTTP API from the outside: what `webhook.events` and the command line speak through."""

from typing import Any

import httpx2

from layeron.errors import BodyLostError, ConflictError, GatewayError, NotFoundError
from layeron.local import LocalService
from layeron.records import EventFilter, EventPage, EventRecord, ReplayRecord
from layeron.settings import Settings, load_settings
from layeron.wire import event_json, page_json, replay_json

_MEANING: dict[str, type[NotFoundError | ConflictError | BodyLostError]] = {
    "not_found": NotFoundError,
    "conflict": ConflictError,
    "body_lost": BodyLostError,
}


class HTTPGateway:
    """Calls ``/api/v1`` with a bearer key."""

    def __init__(self, url: str, key: str | None) -> None:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        # Environment proxies are left aside: the key must reach this service and nobody else.
        self._http = httpx2.AsyncClient(
            base_url=url, headers=headers, timeout=30, trust_env=False, follow_redirects=False
        )
        self._url = url

    @classmethod
    def from_environment(cls) -> "HTTPGateway":
        """A client by ``LAYERON_URL`` and ``LAYERON_API_KEY``."""
        return cls.from_settings(load_settings())

    @classmethod
    def from_settings(cls, settings: Settings) -> "HTTPGateway":
        """A client by settings; what they leave out is taken from a local `layeron dev`."""
        local = LocalService.of(settings.data_dir)
        return cls(settings.url or local.url, settings.api_key or local.key)

    async def list_events(
        self, where: EventFilter, *, limit: int, cursor: str | None = None
    ) -> EventPage:
        """A page of events, newest first."""
        query = {
            "direction": where.direction,
            "namespace": where.namespace,
            "webhook": where.webhook,
            "status": where.status,
            "type": where.event_type,
            "external_id": where.external_event_id,
            "search": where.search,
            "since": where.since.isoformat() if where.since else None,
            "until": where.until.isoformat() if where.until else None,
            "limit": str(limit),
            "cursor": cursor,
        }
        known = {name: value for name, value in query.items() if value is not None}
        return page_json.validate_json(await self._call("GET", "/api/v1/events", params=known))

    async def get_event(self, event_id: str) -> EventRecord:
        """One event with its attempts and replays."""
        return event_json.validate_json(await self._call("GET", f"/api/v1/events/{event_id}"))

    async def get_payload(self, event_id: str) -> bytes:
        """The exact bytes that were received."""
        return await self._call("GET", f"/api/v1/events/{event_id}/payload")

    async def replay_event(
        self, event_id: str, *, requested_by: str, reason: str | None
    ) -> ReplayRecord:
        """Run an event's handler again."""
        asked = {"requested_by": requested_by, "reason": reason}
        path = f"/api/v1/events/{event_id}/replay"
        return replay_json.validate_json(await self._call("POST", path, json=asked))

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _call(self, method: str, path: str, **options: Any) -> bytes:
        try:
            response = await self._http.request(method, path, **options)
        except httpx2.TransportError as error:
            raise GatewayError(
                f"the API at {self._url} does not answer ({type(error).__name__}); is it running,"
                " and is LAYERON_URL right?"
            ) from error
        if response.is_success:
            return response.content
        raise _error_of(response)


def _error_of(response: httpx2.Response) -> Exception:
    try:
        error = response.json()["error"]
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        return GatewayError(f"the API answered {response.status_code}", response.status_code)
    if meaning := _MEANING.get(code):
        return meaning(message)
    return GatewayError(message, response.status_code)
