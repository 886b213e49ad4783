"""Documents of providers: from pinned hosts alone, small, and remembered."""

from collections.abc import Callable

import httpx2
import pytest

from layeron.adapters.documents import HTTPSDocuments
from layeron.errors import DocumentUnavailableError

HOSTS = r"([a-z0-9-]+\.)*example\.com"


class Server:
    """Counts what is asked of it."""

    def __init__(self, answer: Callable[[httpx2.Request], httpx2.Response]) -> None:
        self.asked: list[httpx2.Request] = []
        self._answer = answer
        self.documents = HTTPSDocuments(httpx2.MockTransport(self._take))

    def _take(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return self._answer(request)


def answering(status: int, body: bytes = b"") -> Server:
    return Server(lambda _: httpx2.Response(status, content=body, headers={"location": "/x"}))


async def test_a_document_is_fetched_once_and_remembered() -> None:
    server = answering(200, b"certificate")
    for _ in range(3):
        found = await server.documents.get("https://certs.example.com/a.pem", hosts=HOSTS)
        assert found == b"certificate"
    assert len(server.asked) == 1
    await server.documents.close()


async def test_what_an_api_answers_is_not_remembered() -> None:
    server = answering(200, b'{"key": {}}')
    for _ in range(2):
        await server.documents.post("https://example.com/key", {"kid": "1"}, hosts=HOSTS)
    assert [each.content for each in server.asked] == [b'{"kid":"1"}'] * 2


@pytest.mark.parametrize(
    "url",
    [
        "http://certs.example.com/a.pem",
        "https://certs.example.com.evil.net/a.pem",
        "https://evil.net/certs.example.com",
        "https://evilexample.com/a.pem",
        "https://user@certs.example.com/a.pem",
        "https://certs.example.com:8443/a.pem",
        "https://certs.example.com\\@evil.net/",
        "https://[::1]/a.pem",
        "file:///etc/passwd",
        "//certs.example.com/a.pem",
        "",
    ],
)
async def test_an_address_that_is_not_pinned_is_never_asked(url: str) -> None:
    server = answering(200)
    with pytest.raises(ValueError, match=r"is not a host|address|port|URL"):
        await server.documents.get(url, hosts=HOSTS)
    with pytest.raises(ValueError, match=r"is not a host|address|port|URL"):
        await server.documents.post(url, {}, hosts=HOSTS)
    assert server.asked == []


@pytest.mark.parametrize(
    ("server", "says"),
    [
        (answering(500), "answered 500"),
        (answering(302), "answered 302"),
        (answering(404), "answered 404"),
        (answering(200, b"x" * (2**20 + 1)), "more than"),
    ],
)
async def test_a_document_that_cannot_be_had_is_a_passing_trouble_and_not_remembered(
    server: Server, says: str
) -> None:
    for _ in range(2):
        with pytest.raises(DocumentUnavailableError, match=says):
            await server.documents.get("https://example.com/a.pem", hosts=HOSTS)
    assert len(server.asked) == 2


async def test_a_host_that_does_not_answer_is_a_passing_trouble() -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectTimeout("too slow", request=request)

    server = Server(fail)
    with pytest.raises(DocumentUnavailableError, match=r"example\.com cannot be reached"):
        await server.documents.get("https://example.com/a.pem", hosts=HOSTS)
