"""The sender over a pool of connections."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

import httpcore2
import httpx2

from layeron.adapters.sender.exchange import FAILURES, Exchange
from layeron.adapters.sender.guard import Guard, NotSentError
from layeron.adapters.sender.guarded_network import GuardedNetwork
from layeron.adapters.sender.network import Network
from layeron.adapters.sender.resolving import Resolver
from layeron.adapters.sender.traced import TracedSender
from layeron.outbound.urls import Destination, check_url
from layeron.ports.sender import LARGEST_EXCERPT, Answered, Unanswered
from layeron.settings import Settings
from layeron.text import printable

_IDLE_SECONDS: Final = 20
"""How long an unused connection is kept: most servers close theirs later. One in use goes on
leading to the address that was checked when it was made, though its name may lead elsewhere now."""

_IDLE_CONNECTIONS: Final = 100
_CHECK_SECONDS: Final = 5
_MOST_HEADERS: Final = 100
_LARGEST_HEADERS: Final = 16_000


class PooledSender:
    """Sends over HTTP/1.1, and keeps connections for the next event to the same host.

    An exchange counts by its status once the body ended or its excerpt is full; a body that drips
    past the deadline makes it a timeout, and one that breaks off a failure of protocol. Over a
    proxy a name is looked up and checked here, and once more by the proxy, which has to refuse
    private addresses too.

    Args:
        guard: where events may be sent.
        trust: certificates to trust; default: those that the system or certifi brings.
        proxy: address of an HTTP proxy, ``http://user:password@host:port``.
        resolver: what the guard looks names up with, which is closed with the sender.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        trust: ssl.SSLContext | None = None,
        proxy: str | None = None,
        resolver: Resolver | None = None,
    ) -> None:
        self._guard = guard
        self._resolver = resolver
        self._proxied = proxy is not None
        context = trust or httpx2.create_ssl_context(trust_env=False)
        self._pools = {
            scheme: httpcore2.AsyncConnectionPool(
                ssl_context=context,
                # As many as are asked for: who waits for a connection here would lose time that
                # is counted against the endpoint. The engine bounds what is under way.
                max_connections=None,
                max_keepalive_connections=_IDLE_CONNECTIONS,
                keepalive_expiry=_IDLE_SECONDS,
                network_backend=(
                    Network() if proxy else GuardedNetwork(guard, secure=scheme == "https")
                ),
                proxy=_proxy(proxy) if proxy else None,
            )
            for scheme in ("http", "https")
        }

    async def post(
        self, url: str, *, headers: list[tuple[str, str]], body: bytes, seconds: float
    ) -> Answered | Unanswered:
        """Send; the whole exchange, name lookup included, takes at most *seconds*."""
        try:
            destination = check_url(url)
        except ValueError as error:
            return Unanswered("refused_url", str(error))
        exchange = Exchange(destination)
        try:
            async with asyncio.timeout(seconds):
                if self._proxied:
                    await self._check(destination)
                while True:
                    try:
                        return await self._exchange(exchange, destination, headers, body)
                    except (httpcore2.NetworkError, httpcore2.RemoteProtocolError):
                        # The other side closed the connection while we thought of using it.
                        # Each turn uses up one that was idle, so a fresh one comes.
                        if not exchange.went_stale:
                            raise
                        exchange = Exchange(destination)
        except TimeoutError:
            return exchange.timed_out(seconds)
        except FAILURES as error:
            return exchange.failed(error)

    async def check(self, url: str) -> str | None:
        """Why nothing would be sent there, in one sentence with the mend; None if it would."""
        try:
            destination = check_url(url)
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._check(destination)
        except TimeoutError:
            return f"the URL's host was not found within {_CHECK_SECONDS} s; try again"
        except (ValueError, NotSentError) as error:
            return str(error)
        return None

    async def close(self) -> None:
        """Let go of connections and threads."""
        for pool in self._pools.values():
            await pool.aclose()
        if self._resolver is not None:
            self._resolver.close()

    async def _check(self, destination: Destination) -> None:
        await self._guard.addresses(destination.host, destination.port, secure=destination.secure)

    async def _exchange(
        self,
        exchange: Exchange,
        destination: Destination,
        headers: Sequence[tuple[str, str]],
        body: bytes,
    ) -> Answered:
        host = destination.host
        async with self._pools[destination.scheme].stream(
            "POST",
            httpcore2.URL(
                scheme=destination.scheme,
                host=f"[{host}]" if ":" in host else host,
                port=destination.port,
                target=destination.target,
            ),
            headers=[
                (b"Host", destination.authority.encode()),
                *((name.encode(), value.encode()) for name, value in headers),
            ],
            content=body,
            extensions={"trace": exchange.trace, "sni_hostname": host},
        ) as response:
            extensions = cast("Mapping[str, Any]", response.extensions)  # pyright: ignore[reportUnknownMemberType] - not typed whole
            stream: httpcore2.AsyncNetworkStream = extensions["network_stream"]
            # Asked before the body ends, after which the connection is another's.
            peer = stream.get_extra_info("server_addr")
            excerpt = bytearray()
            async with aclosing(response.aiter_stream()) as chunks:
                async for chunk in chunks:
                    excerpt += chunk
                    if len(excerpt) > LARGEST_EXCERPT:
                        break  # and the connection is dropped with the rest
            return Answered(
                status=response.status,
                headers=_kept(response.headers),
                excerpt=bytes(excerpt[:LARGEST_EXCERPT]),
                truncated=len(excerpt) > LARGEST_EXCERPT,
                address=peer[0] if peer else exchange.address,
                connect_seconds=exchange.connect_seconds,
            )


def open_sender(settings: Settings) -> TracedSender:
    """The sender by the settings."""
    https_only, resolver = settings.outbound_https_only, Resolver()
    guard = Guard(
        allowed=settings.outbound_allow,
        ports=settings.outbound_ports,
        https_only=settings.production if https_only is None else https_only,
        resolve=resolver,
    )
    pooled = PooledSender(guard, proxy=settings.outbound_proxy, resolver=resolver)
    return TracedSender(pooled, names_trace=settings.send_traceparent)


def _proxy(url: str) -> httpcore2.Proxy:
    parts = urlsplit(url)
    login = (unquote(parts.username or ""), unquote(parts.password or ""))
    return httpcore2.Proxy(
        httpcore2.URL(scheme="http", host=parts.hostname or "", port=parts.port or 80),
        auth=(login[0].encode(), login[1].encode()) if any(login) else None,
    )


def _kept(headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """The first of the response's header fields, in characters that can be shown."""
    kept: list[tuple[str, str]] = []
    room = _LARGEST_HEADERS
    for name, value in headers[:_MOST_HEADERS]:
        room -= len(name) + len(value)
        if room < 0:
            break
        kept.append((_shown(name), _shown(value)))
    return kept


def _shown(text: bytes) -> str:
    return printable(text.decode("latin-1"), _LARGEST_HEADERS)
