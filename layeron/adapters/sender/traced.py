"""A sender whose requests have spans."""

from urllib.parse import urlsplit

from opentelemetry.trace import SpanKind

from layeron.ports.sender import Answered, Sender, Unanswered
from layeron.tracing import TRACEPARENT, failed, span, traceparent


class TracedSender:
    """Sends by another sender, each request in a span of its own.

    Args:
        sender: the other one.
        names_trace: whether requests carry a ``traceparent``, which tells receivers a little of us.
    """

    def __init__(self, sender: Sender, *, names_trace: bool) -> None:
        self._sender = sender
        self._names_trace = names_trace

    async def post(
        self, url: str, *, headers: list[tuple[str, str]], body: bytes, seconds: float
    ) -> Answered | Unanswered:
        """Send, as the other one does."""
        # The host alone: what follows it may hold a token.
        named = {"http.request.method": "POST", "server.address": _host_of(url)}
        with span("POST", named, kind=SpanKind.CLIENT) as request:
            answer = await self._sender.post(
                url, headers=self._with_trace(headers), body=body, seconds=seconds
            )
            if isinstance(answer, Answered):
                request.set_attribute("http.response.status_code", answer.status)
            else:
                failed(request, answer.kind)
            return answer

    async def check(self, url: str) -> str | None:
        """Why nothing would be sent there; None if it would."""
        return await self._sender.check(url)

    async def close(self) -> None:
        """Let go of connections."""
        await self._sender.close()

    def _with_trace(self, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        named = traceparent() if self._names_trace else None
        if named is None or any(name.lower() == TRACEPARENT for name, _ in headers):
            return headers
        return [*headers, (TRACEPARENT, named)]


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None  # and the other sender says what is wrong with it
