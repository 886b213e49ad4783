"""Documents over HTTPS, from pinned hosts, remembered for an hour."""

import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx2

from layeron.errors import DocumentUnavailableError

_REMEMBERED_SECONDS = 3600
_MOST_REMEMBERED = 256
_LARGEST = 2**20
_SECONDS = 5


class HTTPSDocuments:
    """Fetches without redirects, cookies or environment proxies; small and quick, or not at all."""

    def __init__(self, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._http = httpx2.AsyncClient(
            timeout=_SECONDS,
            follow_redirects=False,
            trust_env=False,
            transport=transport,
            headers={"accept-encoding": "identity"},
        )
        self._known: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    async def get(self, url: str, *, hosts: str) -> bytes:
        """A document, fetched or remembered."""
        _check(url, hosts)
        if (known := self._known.get(url)) and time.monotonic() - known[0] < _REMEMBERED_SECONDS:
            return known[1]
        document = await self._fetch("GET", url)
        self._known[url] = (time.monotonic(), document)
        self._known.move_to_end(url)
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)
        return document

    async def post(self, url: str, body: Mapping[str, Any], *, hosts: str) -> bytes:
        """What an API answers."""
        _check(url, hosts)
        return await self._fetch("POST", url, json=dict(body))

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _fetch(self, method: str, url: str, **options: Any) -> bytes:
        host = urlsplit(url).hostname
        chunks: list[bytes] = []
        try:
            async with self._http.stream(method, url, **options) as response:
                if response.status_code != HTTPStatus.OK:
                    raise DocumentUnavailableError(f"{host} answered {response.status_code}")
                if response.headers.get("content-encoding", "identity") != "identity":
                    # A kilobyte of it may stand for gigabytes.
                    raise DocumentUnavailableError(f"{host} answered in a coding unasked")
                async for chunk in response.aiter_bytes():
                    chunks.append(chunk)
                    if sum(map(len, chunks)) > _LARGEST:
                        raise DocumentUnavailableError(
                            f"{host} answered more than {_LARGEST} bytes"
                        )
        except httpx2.HTTPError as error:
            raise DocumentUnavailableError(
                f"{host} cannot be reached ({type(error).__name__})"
            ) from error
        return b"".join(chunks)


def _check(url: str, hosts: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    plain = parts.scheme == "https" and parts.netloc.lower() == host
    if not plain or not re.fullmatch(hosts, host):
        raise ValueError(f"{host or 'this address'} is not a host that documents are taken from")
