"""Turn how an attempt ended into what others may read: secrets taken out, answer made ready."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from activities.bodies import stored_body
from activities.handler import Ending
from layeron.answer import answer_of
from layeron.application import Backend
from layeron.errors import SecretUnavailableError
from layeron.event import LogLine
from layeron.hiding import texts_in
from layeron.ports.blobs import BlobStore
from layeron.ports.secrets import SecretSource
from layeron.records import AttemptReport, EventStatus, HandlingPolicy, InboundEvent
from layeron.redaction import redact
from layeron.request import headers_of
from layeron.secrets import ENCRYPTION_KEY

_LONGEST_ERROR = 2_000
_LONGEST_TRACE = 16_000
_LONGEST_LOG_LINE = 2_000


@dataclass(frozen=True, slots=True)
class Reporter:
    """Writes reports without the application's secrets and what is in fields nobody is shown."""

    app: Backend
    secrets: SecretSource
    blobs: BlobStore

    async def report(
        self,
        event: InboundEvent,
        body: bytes | None,
        ending: Ending,
        *,
        number: int,
        started_at: datetime,
        lines: Sequence[LogLine] = (),
    ) -> AttemptReport:
        """The report of one attempt, with the status its event has after it."""
        response, note = _answer(ending.result) if event.wants_answer else (None, None)
        return await self.clean(
            event,
            body,
            AttemptReport(
                number=number,
                outcome=ending.outcome,
                status=_status_after(ending, number, event.policy),
                started_at=started_at,
                ended_at=datetime.now(UTC),
                error=ending.error,
                error_trace=ending.trace,
                permanent=ending.permanent,
                logs=[_log(line) for line in lines],
                response=response,
                note=note,
            ),
        )

    async def clean(
        self, event: InboundEvent, body: bytes | None, report: AttemptReport
    ) -> AttemptReport:
        """The same report without secrets, and then within bounds: half a secret is not found."""
        values = await self.hidden(event, body)
        return replace(
            report,
            error=report.error and redact(report.error, values)[:_LONGEST_ERROR],
            error_trace=report.error_trace and redact(report.error_trace, values)[-_LONGEST_TRACE:],
            logs=[_clean_log(line, values) for line in report.logs],
        )

    async def clean_text(self, event: InboundEvent, text: str) -> str:
        """The same text without secrets, and then within bounds."""
        return redact(text, await self.hidden(event, None))[:_LONGEST_ERROR]

    async def hidden(self, event: InboundEvent, body: bytes | None) -> list[str]:
        """What no text about an event may show.

        Args:
            event: which one.
            body: its bytes; None to read them from the store, if they are needed.
        """
        values: list[str] = []
        webhook = self.app.webhook(event.namespace, event.webhook)
        if webhook is not None and webhook.redact:
            raw = body if body is not None else await stored_body(self.blobs, event.body)
            kind = headers_of(event.headers).get("content-type", "")
            values += texts_in(raw or b"", kind, webhook.redact)
        ours = (ENCRYPTION_KEY,) if self.app.publishers else ()
        for secret in (*self.app.secrets, *ours):
            try:
                values += [each.value for each in await self.secrets.values(secret)]
            except SecretUnavailableError:
                continue
        return values


def _status_after(ending: Ending, number: int, policy: HandlingPolicy) -> EventStatus:
    if ending.outcome == "succeeded":
        return "succeeded"
    if ending.permanent or number >= policy.attempts:
        return policy.exhausted_status
    return "retrying"


def _answer(result: Any) -> tuple[dict[str, Any] | None, str | None]:
    """The answer to send and, where the result cannot be sent, a note that says why."""
    try:
        answer = answer_of(result)
    except ValueError as error:
        return None, str(error)
    return answer.to_json() if answer else None, None


def _log(line: LogLine) -> dict[str, Any]:
    return {"at": line.at.isoformat(), "message": line.message, "fields": dict(line.fields)}


def _clean_log(line: dict[str, Any], values: list[str]) -> dict[str, Any]:
    def clean(text: str) -> str:
        return redact(text, values)[:_LONGEST_LOG_LINE]

    fields = {name: clean(text) for name, text in line["fields"].items()}
    return {"at": line["at"], "message": clean(line["message"]), "fields": fields}
