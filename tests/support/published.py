"""What a provider publishes, fetched as in service but answered without a network."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import httpx2

from layeron.adapters.documents import HTTPSDocuments

Page: TypeAlias = bytes | Callable[[httpx2.Request], bytes]


class Published:
    """Pages by address; any other is not found.

    Attributes:
        documents: fetches them, under the rules of the service.
        asked: the requests made so far.
    """

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self.asked: list[httpx2.Request] = []
        self.documents = HTTPSDocuments(httpx2.MockTransport(self._answer))
        self._pages = pages

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        page = self._pages.get(str(request.url))
        if page is None:
            return httpx2.Response(404)
        return httpx2.Response(200, content=page if isinstance(page, bytes) else page(request))
