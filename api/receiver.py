"""The thin receiver: a provider's request in, 202 once the event is durable."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse, Response

from api.address import Address, address_of
from api.body import BodyTooLargeError, BodyUnreadableError, read_body
from api.errors import error
from layeron.answer import Answer, answer_of
from layeron.application import Backend
from layeron.declaration import InboundWebhook
from layeron.errors import UnavailableError
from layeron.event import Response as DeclaredResponse
from layeron.intake import Intake, Rejected
from layeron.measuring import count_refused, take_measured
from layeron.ports.engine import Duplicate, Started
from layeron.ports.metrics import Metrics
from layeron.ports.records import RecordStore
from layeron.rejections import Rejections
from layeron.request import Request, headers_of
from layeron.settings import Settings
from layeron.tracing import TRACEPARENT, Receipt, about, receiving, sender_of

logger = logging.getLogger("layeron.receiver")

LARGEST_HEAD = 128 * 2**10  # bytes of a request's URL and header fields
_MOST_HEADERS = 200
_RETRY_AFTER = {"retry-after": "30"}
_CLOSE = {"connection": "close"}


class Receiver:
    """Answers what providers send; tells them nothing about why it refuses."""

    def __init__(
        self,
        *,
        app: Backend,
        intake: Intake,
        records: RecordStore,
        settings: Settings,
        metrics: Metrics,
    ) -> None:
        self._app = app
        self._intake = intake
        self._records = records
        self._settings = settings
        self._metrics = metrics
        self._rejections = Rejections(records)
        self._counting: set[asyncio.Task[None]] = set()

    def owns(self, http: HTTPRequest) -> bool:
        """Whether the request is for a host name that belongs to webhooks alone."""
        return self._address(http).host in self._app.hosts

    async def receive(self, http: HTTPRequest) -> Response:
        """Answer one request."""
        if _head_is_too_large(http):
            return error(431, "head_too_large", "too many or too large header fields", _CLOSE)
        address = self._address(http)
        webhook = self._app.webhook_at(address.host, address.path)
        if webhook is None:
            return error(404, "not_found", "there is nothing at this address", _CLOSE)
        if http.method not in webhook.provider.methods:
            allowed = ", ".join(sorted(webhook.provider.methods))
            allow = {"allow": allowed, **_CLOSE}
            return error(405, "method_not_allowed", f"use {allowed}", allow)
        sender = sender_of(http.headers.getlist(TRACEPARENT))
        trusted = self._settings.trust_traceparent
        with receiving(webhook.namespace, webhook.name, sender, trusted=trusted) as receipt:
            response = await self._answered(http, webhook, address, receipt)
            receipt.answered(response.status_code)
            return response

    async def close(self) -> None:
        """Wait for duplicates and rejections that are still being noted."""
        await asyncio.gather(*self._counting, self._rejections.close(), return_exceptions=True)

    async def _answered(
        self, http: HTTPRequest, webhook: InboundWebhook, address: Address, receipt: Receipt
    ) -> Response:
        try:
            return await self._take(webhook, await self._read(http, webhook, address), receipt)
        except BodyTooLargeError:
            count_refused(webhook, "body_too_large", self._metrics)
            limit = self._settings.max_body
            return error(413, "body_too_large", f"the body is larger than {limit} bytes", _CLOSE)
        except BodyUnreadableError:
            count_refused(webhook, "unreadable", self._metrics)
            return error(400, "unreadable", "the request cannot be read", _CLOSE)
        except UnavailableError as trouble:
            logger.warning("%s: not accepted, the sender shall retry: %s", webhook.name, trouble)
            return error(503, "unavailable", "try again later", _RETRY_AFTER)

    async def _read(self, http: HTTPRequest, webhook: InboundWebhook, address: Address) -> Request:
        seconds = self._settings.receive_timeout.total_seconds()
        body = await read_body(http, largest=self._settings.max_body, seconds=seconds)
        return Request(
            method=http.method,
            url=address.registered_as(webhook.placement.url),
            path=address.path,
            query_string=http.scope["query_string"].decode("latin-1"),
            headers=headers_of(http.headers.items()),
            body=body,
        )

    async def _take(self, webhook: InboundWebhook, request: Request, receipt: Receipt) -> Response:
        taken = await take_measured(self._intake, webhook, request, self._metrics)
        match taken:
            case Rejected(verdict):
                receipt.refused(verdict.cause or "unknown")
                self._rejections.note(webhook, request, taken)
                if webhook.observability.errors:
                    logger.warning(
                        "%s: rejected: %s (%s)", webhook.name, verdict.cause, verdict.detail,
                        extra={"webhook": webhook.name, "cause": verdict.cause},
                    )  # fmt: skip
                if refused := webhook.provider.refused:
                    return _declared(refused)
                return error(401, "unauthorized", "the request is not signed as it must be")
            case Duplicate():
                receipt.proved({"layeron.duplicate_of": taken.event_id})
                self._count(webhook, taken, request)
                return _accepted(webhook, taken.event_id, "duplicate")
            case Started(event, waits=waits):
                receipt.proved(about(event))
                if webhook.observability.logs:
                    where = "; waits in the inbox" if waits else ""
                    logger.info(
                        "%s %s: accepted %s%s", webhook.name, event.event_id, event.event_type,
                        where, extra={"webhook": webhook.name, "event_id": event.event_id},
                    )  # fmt: skip
                if webhook.delivery.queue or waits:
                    return _accepted(webhook, event.event_id, "accepted")
                return await self._answer(webhook, event.event_id, event.workflow_id)
            case answer:
                return _declared(answer)

    async def _answer(self, webhook: InboundWebhook, event_id: str, workflow_id: str) -> Response:
        """What the handler says, if it says it in time."""
        patience = timedelta(seconds=webhook.delivery.respond_within_seconds)
        handled = await self._intake.engine.result(workflow_id, patience)
        if handled is None:
            return _accepted(webhook, event_id, "accepted")
        if handled.duplicate_of is not None:
            return _accepted(webhook, handled.duplicate_of, "duplicate")
        if handled.response is not None:
            return _response(Answer.from_json(handled.response))
        if handled.status in {"dead_letter", "failed"}:
            return error(500, "handler_failed", "the event was received; its handler failed")
        return JSONResponse({"event_id": event_id, "status": handled.status})

    def _count(self, webhook: InboundWebhook, repeat: Duplicate, request: Request) -> None:
        """Count a repeat on the first record, after the sender has its answer; holds no body."""
        conflict = repeat.body_sha256 not in {None, request.body_sha256}
        task = asyncio.create_task(self._write_count(webhook, repeat, conflict=conflict))
        self._counting.add(task)
        task.add_done_callback(self._counting.discard)

    async def _write_count(
        self, webhook: InboundWebhook, repeat: Duplicate, *, conflict: bool
    ) -> None:
        try:
            await self._records.count_duplicate(
                repeat.event_id, conflict=conflict, at=datetime.now(UTC)
            )
        except UnavailableError:
            logger.warning("%s %s: a duplicate went uncounted", webhook.name, repeat.event_id)
            return
        if webhook.observability.logs:
            other = ", with other bytes" if conflict else ""
            logger.info("%s %s: duplicate%s", webhook.name, repeat.event_id, other)

    def _address(self, http: HTTPRequest) -> Address:
        return address_of(http, trust_proxy=self._settings.trust_proxy)


def _head_is_too_large(http: HTTPRequest) -> bool:
    fields = http.headers.raw
    size = len(http.scope["raw_path"]) + len(http.scope["query_string"])
    size += sum(len(name) + len(value) for name, value in fields)
    return len(fields) > _MOST_HEADERS or size > LARGEST_HEAD


def _accepted(webhook: InboundWebhook, event_id: str, status: str) -> Response:
    if declared := webhook.provider.accepted:
        return _declared(declared)
    return JSONResponse({"event_id": event_id, "status": status}, status_code=202)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)


def _declared(response: DeclaredResponse) -> Response:
    """A preset's own answer."""
    answer = answer_of(response)
    return _response(answer) if answer else Response()
