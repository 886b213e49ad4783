"""What a handler gets: the event, its context, and what it may answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal, TypeAlias

from layeron.errors import LayeronError
from layeron.payload import Payload, parse_payload
from layeron.request import Headers

SignatureStatus: TypeAlias = Literal["verified", "failed", "skipped"]

_MOST_LOG_LINES = 200
_LONGEST_LOG_LINE = 4_000  # the record keeps half, once secrets are out: half a secret is not found
_MOST_LOG_TEXT = 100_000  # characters of all lines: with an attempt's outcome they fit the engine

logger = logging.getLogger("layeron.handler")


@dataclass(frozen=True)
class Event:
    """One received event, as a handler sees it.

    Attributes:
        id: our id of the event, ``whevt_…``.
        webhook: the name of the webhook that received it.
        namespace: the namespace of that webhook.
        provider: the preset it was declared with, such as ``stripe``, or ``custom``.
        event_type: the provider's type of event, or ``unknown`` where a request has none.
        external_event_id: the provider's id of the event, if it has one.
        body: the exact bytes received; None only where a workflow handles a body too large to
            travel in the engine's history (see `raw_body`).
        headers: the header fields received; credentials among them are replaced by ``[redacted]``.
        signature_status: ``verified``, or ``skipped`` where the webhook declares no signature.
        received_at: when the receiver got it, in UTC.
        attempt: which attempt this is, from 1.
        replay_of: the event's id when this is a replay, else None.
    """

    id: str
    webhook: str
    namespace: str
    provider: str
    event_type: str
    external_event_id: str | None
    body: bytes | None = field(repr=False)
    headers: Headers = field(repr=False)
    signature_status: SignatureStatus
    received_at: datetime
    attempt: int = 1
    replay_of: str | None = None

    @property
    def raw_body(self) -> bytes:
        """The exact bytes received.

        Raises:
            LayeronError: in a workflow, when the body is too large for the engine's history.
        """
        if self.body is None:
            raise LayeronError(
                f"the body of {self.id} is too large for a workflow; read it in an activity with"
                " `await webhook.events.payload(event.id)`"
            )
        return self.body

    @cached_property
    def payload(self) -> Payload:
        """The body as JSON or form fields; as text or bytes when it is neither."""
        return parse_payload(self.raw_body, self.headers.get("content-type", ""))


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line a handler logged about its event."""

    at: datetime
    message: str
    fields: Mapping[str, str]


class Context:
    """What a handler may ask of the system while it handles one event.

    Attributes:
        attempt: which attempt this is, from 1.
        idempotency_key: the same over all retries and replays of one event; hand it to the
            services your handler calls, so that a repeated attempt repeats no side effect.
        lines: what the handler logged so far.
    """

    def __init__(
        self, event: Event, beat: Callable[[], None] = lambda: None, *, logs: bool = True
    ) -> None:
        self.attempt = event.attempt
        self.idempotency_key = event.id
        self.lines: list[LogLine] = []
        self._event = event
        self._beat = beat
        self._logs = logs
        self._room = _MOST_LOG_TEXT

    def log(self, message: str, **fields: object) -> Awaitable[None]:
        """Note something about this event: it is logged and stays visible on the event's record.

        It may be awaited, and need not be: synchronous handlers just call it.
        """
        shown = {name: str(value)[:_LONGEST_LOG_LINE] for name, value in fields.items()}
        line = LogLine(datetime.now(UTC), message[:_LONGEST_LOG_LINE], shown)
        self._room -= len(line.message) + sum(len(each) for pair in shown.items() for each in pair)
        if len(self.lines) < _MOST_LOG_LINES and self._room >= 0:
            self.lines.append(line)
        if self._logs:
            extra = {"event_id": self._event.id, "webhook": self._event.webhook, "fields": shown}
            logger.info("%s", line.message, extra=extra)
        return _Done()

    def heartbeat(self) -> None:
        """Tell the engine that a long handler is alive (while you await, it is done for you)."""
        self._beat()


class _Done:
    """An awaitable whose work is already done."""

    def __await__(self) -> Generator[Any, None, None]:
        return asyncio.sleep(0).__await__()


@dataclass(frozen=True, slots=True)
class Response:
    """What a handler of a ``queue=False`` webhook may return to choose the whole answer.

    Attributes:
        body: JSON-able value, text or bytes.
        status: HTTP status.
        headers: extra header fields.
    """

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


HandlerResult: TypeAlias = Any
HandlerFunction: TypeAlias = (
    Callable[[Event], HandlerResult] | Callable[[Event, Context], HandlerResult]
)
"""An async or plain function of ``(event)`` or ``(event, ctx)``."""
