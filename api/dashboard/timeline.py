"""The life of an event as steps in the order in which they happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from api.dashboard.rendering import STATUSES, line, took
from layeron.records import FINAL_STATUSES, AttemptRecord, EventRecord, ReplayRecord

_ENDINGS = {
    "succeeded": "Succeeded",
    "dead_letter": "Given up: a dead letter, which waits for a replay",
    "failed": "Failed",
    "unhandled": "Nothing handles this type",
    "rejected": "Rejected",
    "held": "Held: an endpoint is disabled, a replay sends it",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened.

    Attributes:
        tone: a colour, as statuses have it.
        title: what happened; may hold a stranger's text, escaped.
        detail: more of it.
        anchor: the id of the place on the page that tells all.
    """

    at: datetime
    tone: str
    title: str
    detail: str = ""
    anchor: str | None = None


def timeline(event: EventRecord) -> list[Step]:
    """All steps, oldest first."""
    steps = list(_steps(event))
    if event.status in FINAL_STATUSES:
        since = took(event.updated_at - event.received_at)
        title = _ENDINGS.get(event.status, event.status)
        tone = STATUSES[event.status][0]
        steps.append(Step(event.updated_at, tone, title, f"{since} after it was received"))
    return sorted(steps, key=lambda step: step.at)


def _steps(event: EventRecord) -> Iterator[Step]:
    if event.direction == "inbound":
        secret = f" by {line(event.signature_secret, 80)}" if event.signature_secret else ""
        told = f"signature {event.signature_status}{secret}"
        yield Step(event.received_at, "good", "Received and made durable", told)
    else:
        told = f"to {len(event.deliveries)} endpoint{'s' * (len(event.deliveries) != 1)}"
        yield Step(event.received_at, "good", "Sent by your code and made durable", told)
    if event.in_inbox:
        told = "the engine does not take it now, and gets it when it does"
        yield Step(event.received_at, "busy", "Waits in the inbox", told)
    yield from map(_attempt, event.attempts)
    yield from map(_replay, event.replays)
    if event.body_erased_at:
        yield Step(event.body_erased_at, "calm", "Body deleted", "by policy or on request")


def _attempt(attempt: AttemptRecord) -> Step:
    tone, _, words = STATUSES[attempt.outcome]
    where = f" to {line(attempt.endpoint, 60)}" if attempt.endpoint else ""
    of = f" of replay {attempt.replay}" if attempt.replay else ""
    answer = f"HTTP {attempt.http_status}" if attempt.http_status else ""
    lasted = "" if attempt.duration_seconds is None else f"in {took(attempt.duration_seconds)}"
    error = line(attempt.error, 160) if attempt.error else ""
    detail = ", ".join(filter(None, [answer, lasted, error]))
    title = f"Attempt {attempt.number}{of}{where}: {words}"
    return Step(attempt.started_at, tone, title, detail, attempt.id)


def _replay(replay: ReplayRecord) -> Step:
    title = f"Replay {replay.number} asked for by {line(replay.requested_by, 80)}"
    return Step(replay.requested_at, "busy", title, line(replay.reason or "", 200))
