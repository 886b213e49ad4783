"""Turn how an attempt ended into what others may read: secrets taken out, answer made ready."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from activities.handler import Ending
from layeron.answer import answer_of
from layeron.application import Backend
from layeron.errors import SecretUnavailableError
from layeron.event import LogLine
from layeron.ports.secrets import SecretSource
from layeron.records import AttemptReport, EventStatus, HandlingPolicy
from layeron.redaction import redact

_LONGEST_ERROR = 2_000
_LONGEST_TRACE = 16_000
_LONGEST_LOG_LINE = 2_000


@dataclass(frozen=True, slots=True)
class Reporter:
    """Writes reports that hold none of the application's secrets."""

    app: Backend
    secrets: SecretSource

    async def report(
        self,
        ending: Ending,
        *,
        number: int,
        policy: HandlingPolicy,
        started_at: datetime,
        lines: Sequence[LogLine] = (),
        wants_answer: bool = False,
    ) -> AttemptReport:
        """The report of one attempt, with the status its event has after it."""
        response, note = _answer(ending.result) if wants_answer else (None, None)
        return await self.clean(
            AttemptReport(
                number=number,
                outcome=ending.outcome,
                status=_status_after(ending, number, policy),
                started_at=started_at,
                ended_at=datetime.now(UTC),
                error=ending.error,
                error_trace=ending.trace,
                permanent=ending.permanent,
                logs=[_log(line) for line in lines],
                response=response,
                note=note,
            )
        )

    async def clean(self, report: AttemptReport) -> AttemptReport:
        """The same report without secrets, and then within bounds: half a secret is not found."""
        values = await self._values()
        return replace(
            report,
            error=report.error and redact(report.error, values)[:_LONGEST_ERROR],
            error_trace=report.error_trace and redact(report.error_trace, values)[-_LONGEST_TRACE:],
            logs=[_clean_log(line, values) for line in report.logs],
        )

    async def clean_text(self, text: str) -> str:
        """The same text without secrets, and then within bounds."""
        return redact(text, await self._values())[:_LONGEST_ERROR]

    async def _values(self) -> list[str]:
        values: list[str] = []
        for secret in self.app.secrets:
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
