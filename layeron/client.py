"""The HTTP API from the outside: what `webhook.events` and the command line speak through."""

import ssl
from collections.abc import AsyncGenerator, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlsplit

import httpx2

from layeron.errors import (
    BodyErasedError,
    BodyLostError,
    ConfigurationError,
    ConflictError,
    GatewayError,
    NotFoundError,
    PayloadError,
    UnavailableError,
)
from layeron.identity import is_event_id
from layeron.local import LocalService
from layeron.records import EventFilter, EventPage, EventRecord, ReplayRecord
from layeron.settings import Settings, load_settings
from layeron.wire import from_json, to_json

_KEY_WANTED = (
    "set LAYERON_API_KEY (`layeron keys create NAME` makes a key), or name the --data-dir of the"
    " `layeron dev` that runs"
)
_MEANING: dict[
    str, type[NotFoundError | ConflictError | BodyLostError | PayloadError | UnavailableError]
] = {
    "not_found": NotFoundError,
    "conflict": ConflictError,
    "body_lost": BodyLostError,
    "body_erased": BodyErasedError,
    "body_too_large": PayloadError,
    "payload_invalid": PayloadError,
    "unavailable": UnavailableError,
}

_NO_ANSWER = (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError)

T = TypeVar("T")


class HTTPGateway:
    """Calls ``/api/v1`` with a bearer key; each call has a connection of its own.

    So it may be used from one event loop after the other, and there is nothing to close.

    Raises:
        ConfigurationError: the URL is none.
    """

    def __init__(self, url: str, key: str | None) -> None:
        if not _is_address(url):
            raise ConfigurationError(
                f"LAYERON_URL: {url!r} is no address; write one such as http://127.0.0.1:8000."
            )
        self._url = url
        self._key = key

    @classmethod
    def from_environment(cls) -> Self:
        """A client by ``LAYERON_URL`` and ``LAYERON_API_KEY``."""
        return cls.from_settings(load_settings())

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """A client by settings; what they leave out is taken from a local `layeron dev`."""
        local = LocalService.of(settings.data_dir)
        return cls(settings.url or local.url, settings.api_key or local.key)

    async def list_events(
        self, where: EventFilter, *, limit: int, cursor: str | None = None
    ) -> EventPage:
        """A page of events, newest first."""
        query = query_of(where) | known_of(limit=limit, cursor=cursor)
        return self._read(EventPage, await self._call("GET", "/api/v1/events", params=query))

    async def get_event(self, event_id: str) -> EventRecord:
        """One event with its attempts and replays."""
        return self._read(EventRecord, await self._call("GET", _path(event_id)))

    async def get_payload(self, event_id: str) -> bytes:
        """The exact bytes that were received."""
        return await self._call("GET", f"{_path(event_id)}/payload")

    async def replay_event(
        self,
        event_id: str,
        *,
        requested_by: str,
        reason: str | None,
        endpoints: Sequence[str] | None = None,
    ) -> ReplayRecord:
        """Run an event's handler again, or send an outbound event again."""
        asked: dict[str, object] = {"requested_by": requested_by, "reason": reason}
        if endpoints is not None:
            asked["endpoints"] = list(endpoints)
        answer = await self._call("POST", f"{_path(event_id)}/replay", content=to_json(asked))
        return self._read(ReplayRecord, answer)

    async def _call(self, method: str, path: str, **options: Any) -> bytes:
        try:
            async with self._http() as http:
                response = await http.request(method, path, **options)
        except _NO_ANSWER as error:
            raise self._silence(error) from error
        if response.is_success:
            return response.content
        raise _error_of(response)

    async def _stream(self, path: str, **options: Any) -> AsyncGenerator[bytes]:
        """The bytes of an answer as they come; one that breaks off is an error, too."""
        try:
            async with self._http() as http, http.stream("GET", path, **options) as response:
                if response.is_success:
                    async for chunk in response.aiter_bytes():
                        yield chunk
                    return
                await response.aread()
        except _NO_ANSWER as error:
            raise self._silence(error) from error
        raise _error_of(response)

    def _http(self) -> httpx2.AsyncClient:
        # Environment proxies are left aside: the key must reach this service and nobody else.
        return httpx2.AsyncClient(
            base_url=self._url,
            headers={"authorization": f"Bearer {self._key}"} if self._key else {},
            timeout=30,
            trust_env=False,
            follow_redirects=False,
            verify=_trust(),
        )

    def _silence(self, error: Exception) -> GatewayError:
        return GatewayError(
            f"the API at {self._url} does not answer ({type(error).__name__}); is it running,"
            " and are LAYERON_URL and LAYERON_API_KEY right?"
        )

    def _read(self, kind: type[T], answer: bytes) -> T:
        try:
            return from_json(kind, answer)
        except ValueError as error:
            raise GatewayError(
                f"{self._url} does not answer as this API does; is LAYERON_URL right?"
            ) from error


def path_of(*parts: str) -> str:
    """The path below ``/api/v1`` that these names lead to; a name may hold anything.

    Raises:
        NotFoundError: a name is empty.
    """
    if "" in parts:
        raise NotFoundError("there is no webhook, endpoint or user without a name")
    return "/".join(["/api/v1", *map(_encoded, parts)])


def _encoded(part: str) -> str:
    # Full stops are encoded, too: '..' would lead elsewhere.
    return quote(part.encode("utf-8", "surrogatepass"), safe="").replace(".", "%2E")


def query_of(where: EventFilter) -> dict[str, object]:
    """A filter as the API takes it in a query."""
    return known_of(
        direction=where.direction,
        namespace=where.namespace,
        webhook=where.webhook,
        status=where.status,
        type=where.event_type,
        external_id=where.external_event_id,
        search=where.search,
        since=where.since and where.since.isoformat(),
        until=where.until and where.until.isoformat(),
        http_status=where.http_status,
        user_id=where.user_id,
    )


def known_of(**values: object) -> dict[str, object]:
    """Those of the values that there are."""
    return {name: value for name, value in values.items() if value is not None}


@cache
def _trust() -> ssl.SSLContext:
    """The certificates to trust, which take longer to load than a call takes."""
    return httpx2.create_ssl_context(trust_env=False)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _path(event_id: str) -> str:
    if not is_event_id(event_id):
        raise NotFoundError(f"there is no event {event_id!r}")
    return f"/api/v1/events/{event_id}"


def _error_of(response: httpx2.Response) -> Exception:
    try:
        error = response.json()["error"]
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return GatewayError(f"the API answered {response.status_code}", response.status_code)
    if meaning := _MEANING.get(code):
        return meaning(message)
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        message = f"{message}: {_KEY_WANTED}"
    return GatewayError(message, response.status_code)
