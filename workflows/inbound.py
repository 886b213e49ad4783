"""The life of one received event, as a workflow: handled by a function or by a user's workflow."""

import base64
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    ChildWorkflowError,
    is_cancelled_exception,
)

from activities.inbound import InboundActivities, event_of
from layeron import names
from layeron.answer import answer_of
from layeron.ports.engine import Handled
from layeron.records import AttemptReport, HandlingPolicy, InboundEvent
from layeron.text import label

_HEARTBEAT = timedelta(seconds=20)
_MARGIN = timedelta(seconds=60)
"""What storing and recording may take beside the handler."""

_FIRST_PATIENCE = timedelta(seconds=1)
_LONGEST_PATIENCE = timedelta(minutes=10)
"""Trouble of ours is waited for about as long as it has lasted, up to this: thousands of events may
wait for one bucket, and each look at it costs the engine."""
_PATIENT = RetryPolicy(initial_interval=_FIRST_PATIENCE, maximum_interval=_LONGEST_PATIENCE)


# Deterministic by its replay tests; without the sandbox a run costs the worker half the CPU.
@workflow.defn(name=names.INBOUND_WORKFLOW, sandboxed=False)
class InboundWorkflow:
    """Handles one event until it succeeds, or fails visibly when its attempts are used up."""

    @workflow.run
    async def run(self, event: InboundEvent, body: bytes | None) -> Handled:
        """Handle the event.

        Args:
            event: what was received.
            body: its bytes, unless they are stored already.
        """
        try:
            if event.child_workflow is None:
                return await self._by_function(event, body)
            return await self._by_workflow(event, event.child_workflow, body)
        except BaseException as error:
            if is_cancelled_exception(error):
                await _record_exhausted(event, "cancelled in the engine")
            elif isinstance(error, Exception) and not isinstance(error, ApplicationError):
                await _record_exhausted(event, f"{type(error).__name__}: {error}")
            raise

    async def _by_function(self, event: InboundEvent, body: bytes | None) -> Handled:
        troubles = 0
        while True:
            try:
                return await workflow.execute_activity_method(
                    InboundActivities.handle_event,
                    args=[event, body],
                    start_to_close_timeout=timedelta(seconds=event.policy.timeout_seconds)
                    + _MARGIN,
                    heartbeat_timeout=_HEARTBEAT,
                    retry_policy=_retry_policy(event.policy, event.attempts_used),
                    summary=label(event.event_type),
                )
            except ActivityError as error:
                cause = error.cause
                if is_cancelled_exception(error):
                    raise
                if not isinstance(cause, ApplicationError) or _kind_of(cause) not in _KNOWN:
                    # Timed out or broken: no attempt was left to write that down itself.
                    await _record_exhausted(event, str(cause))
                    _fail(event, str(cause))
                if cause.type in {names.HANDLER_FAILED, names.PERMANENT}:
                    _fail(event, cause.message)
                if cause.type == names.UNRECORDED:
                    report = cause.details[0]
                    await _record_attempt(event, report)
                    if report["outcome"] == "succeeded":
                        return Handled(report["status"], report["response"])
                    if report["status"] != "retrying":
                        _fail(event, report["error"])
                    event = replace(event, attempts_used=report["number"])
                    await workflow.sleep(_delay(event.policy, event.attempts_used))
                else:
                    event = replace(event, attempts_used=_used_before(event, cause))
                    await workflow.sleep(min(_FIRST_PATIENCE * 2**troubles, _LONGEST_PATIENCE))
                    troubles = min(troubles + 1, 10)
                if workflow.info().is_continue_as_new_suggested():
                    workflow.continue_as_new(args=[event, body])

    async def _by_workflow(self, event: InboundEvent, name: str, body: bytes | None) -> Handled:
        number = event.attempts_used
        while True:
            number += 1
            opened = await workflow.execute_activity_method(
                InboundActivities.open_attempt,
                args=[event, body, number],
                start_to_close_timeout=_MARGIN,
                retry_policy=_PATIENT,
                summary=label(event.event_type),
            )
            if opened.settled is not None:
                if opened.settled.status in {"dead_letter", "failed"}:
                    _fail(event, "its body is lost")
                return opened.settled
            raw = None if opened.body_base64 is None else base64.b64decode(opened.body_base64)
            started = workflow.now()
            try:
                result = await workflow.execute_child_workflow(
                    name,
                    event_of(event, raw, number),
                    id=f"{workflow.info().workflow_id}/handler/{number}",
                    static_summary=label(event.webhook, event.event_type),
                )
            except ChildWorkflowError as error:
                if is_cancelled_exception(error):
                    raise
                report = _failure(error, number, event.policy, started)
            else:
                report = _success(result, number, started, wants_answer=event.wants_answer)
            await _record_attempt(event, report)
            if report.outcome == "succeeded":
                return Handled(report.status, report.response)
            if report.status != "retrying":
                _fail(event, report.error or "")
            await workflow.sleep(_delay(event.policy, number))
            if workflow.info().is_continue_as_new_suggested():
                # The engine ends a run whose history is too large, and so would lose the event.
                workflow.continue_as_new(args=[replace(event, attempts_used=number), body])


_KNOWN = {names.HANDLER_FAILED, names.PERMANENT, names.UNAVAILABLE, names.UNRECORDED}


def _kind_of(cause: ApplicationError) -> str | None:
    """The kind of a failure; a worker that cannot decrypt what it was given is trouble of ours."""
    below = cause.cause
    is_unread = isinstance(below, ApplicationError) and below.type == names.NO_KEY
    return names.UNAVAILABLE if is_unread else cause.type


def _used_before(event: InboundEvent, trouble: ApplicationError) -> int:
    """How many attempts were used up before trouble of ours came."""
    return int(trouble.details[0]) if trouble.details else event.attempts_used


def _retry_policy(policy: HandlingPolicy, used: int) -> RetryPolicy:
    """How the engine goes on after so many attempts."""
    return RetryPolicy(
        initial_interval=_delay(policy, used + 1),
        maximum_interval=timedelta(seconds=policy.max_delay_seconds),
        backoff_coefficient=policy.backoff,
        maximum_attempts=max(policy.attempts - used, 1),
    )


def _delay(policy: HandlingPolicy, used: int) -> timedelta:
    """The pause after attempt number *used*, as the retry policy would make it."""
    # The exponent is bounded, so that a large number of attempts cannot overflow a float.
    grown = policy.initial_delay_seconds * policy.backoff ** min(used - 1, 64)
    return timedelta(seconds=min(grown, policy.max_delay_seconds))


async def _record_attempt(event: InboundEvent, report: AttemptReport | dict[str, Any]) -> None:
    await workflow.execute_activity(
        "record_attempt",
        args=[event, report],
        start_to_close_timeout=_MARGIN,
        retry_policy=_PATIENT,
    )


async def _record_exhausted(event: InboundEvent, error: str) -> None:
    await workflow.execute_activity_method(
        InboundActivities.record_exhausted,
        args=[event, error],
        start_to_close_timeout=_MARGIN,
        retry_policy=_PATIENT,
    )


def _success(result: Any, number: int, started: datetime, *, wants_answer: bool) -> AttemptReport:
    note, response = None, None
    if wants_answer:
        try:
            answer = answer_of(result)
            response = answer.to_json() if answer else None
        except ValueError as error:
            note = str(error)
    return AttemptReport(
        number, "succeeded", "succeeded", started, workflow.now(), response=response, note=note
    )


def _failure(
    error: ChildWorkflowError, number: int, policy: HandlingPolicy, started: datetime
) -> AttemptReport:
    direct = cause = error.cause
    while isinstance(cause, ActivityError | ChildWorkflowError) and cause.cause is not None:
        cause = cause.cause  # what they say themselves is only that something failed
    kind = (isinstance(cause, ApplicationError) and cause.type) or type(cause).__name__
    text = cause.message if isinstance(cause, ApplicationError) else str(cause)
    permanent = (isinstance(direct, ApplicationError) and direct.non_retryable) or (
        isinstance(cause, ApplicationError) and cause.type == names.PERMANENT
    )
    last = permanent or number >= policy.attempts
    return AttemptReport(
        number,
        "failed",
        policy.exhausted_status if last else "retrying",
        started,
        workflow.now(),
        error=f"{kind}: {text}",
        permanent=permanent,
    )


def _fail(event: InboundEvent, error: str | None) -> NoReturn:
    """End the workflow as failed, so that it is red wherever it is looked at."""
    raise ApplicationError(
        f"{event.event_id} is {event.policy.exhausted_status}: {error}",
        type=names.EXHAUSTED,
        non_retryable=True,
    )
