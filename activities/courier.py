"""Carries one event to endpoints: sees what is due, sends, and writes down what came of it."""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from activities.bodies import LOST, stored_body
from activities.keyring import Credentials, Keyring
from activities.outcomes import Outcome, busy, outcome_of, unsent, without
from activities.room import Room
from layeron.application import Backend
from layeron.current import working_on
from layeron.errors import ConfigurationError, UnavailableError
from layeron.hiding import texts_in
from layeron.outbound.judging import judge
from layeron.outbound.records import DeliveryReport, EndpointRecord, OutboundEvent
from layeron.outbound.sealing import Seals
from layeron.outbound.signing import signed_request
from layeron.outbound.vault import Vault
from layeron.ports.blobs import BlobStore
from layeron.ports.deliveries import DeliveryStore, Due, Later
from layeron.ports.secrets import SecretSource
from layeron.ports.sender import Answered, Sender, Unanswered
from layeron.tracing import about, failed, span

logger = logging.getLogger("layeron.worker")

_LONGEST_WAIT_SECONDS = 60
"""For a place, so that wait and request stay within what an activity may take."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a courier works with."""

    app: Backend
    blobs: BlobStore
    deliveries: DeliveryStore
    secrets: SecretSource
    sender: Sender
    vault: Vault
    seals: Seals


@dataclass(frozen=True, slots=True)
class Clock:
    """The engine's time, by which schedules and limits go.

    Attributes:
        started: the engine's time when the courier came.
        since: the monotonic time of this machine then.
        asked: the engine's time when it was first asked to come.
    """

    started: datetime
    since: float
    asked: datetime

    def now(self) -> datetime:
        """The engine's time."""
        return self.started + timedelta(seconds=time.monotonic() - self.since)

    def busy(self, endpoint_id: str) -> Later:
        """Have an endpoint asked for again, to which too much is under way."""
        return busy(endpoint_id, asked=self.asked, now=self.now())


class Courier:
    """Carries events for one worker process.

    Args:
        tools: what it works with.
        at_once: how many requests may be under way.
        at_once_to_one: how many of them to one endpoint.
    """

    def __init__(self, tools: Tools, *, at_once: int, at_once_to_one: int) -> None:
        self._tools = tools
        self._room = Room(at_once=at_once, to_one=at_once_to_one)
        self._keyring = Keyring(tools.app, tools.secrets, tools.vault, tools.seals)

    async def carry(
        self,
        event: OutboundEvent,
        endpoints: Sequence[str],
        body: bytes | None,
        *,
        run_id: str,
        clock: Clock,
        unrecorded: list[DeliveryReport],
        force: bool = False,
    ) -> Sequence[Outcome]:
        """Make the attempts that are due.

        Args:
            event: what is sent.
            endpoints: ids of those it goes to now.
            body: its bytes; None to read them from the store.
            run_id: of the workflow.
            clock: the engine's time.
            unrecorded: how attempts ended that are not written down yet: of an earlier call, and
                after an error those of this one.
            force: an operator wants an attempt, due or not.

        Raises:
            UnavailableError: trouble of ours; what is in *unrecorded* must not be lost.
        """
        with self._room.admit(endpoints) as admitted:
            await self._write(event, unrecorded)
            begun = await self._tools.deliveries.begin(
                event,
                admitted,
                declared=self._declared(event),
                run_id=run_id,
                at=clock.now(),
                # A test ping is asked for by somebody who waits for it.
                force=force or event.single_attempt,
            )
            due = [each for each in begun if isinstance(each, Due)]
            others = [each for each in begun if not isinstance(each, Due)]
            sent = await self._send_all(event, due, body, clock, unrecorded)
        left = set(endpoints).difference(admitted)
        return [*(clock.busy(each) for each in left), *others, *sent]

    async def _send_all(
        self,
        event: OutboundEvent,
        due: Sequence[Due],
        body: bytes | None,
        clock: Clock,
        unrecorded: list[DeliveryReport],
    ) -> Sequence[Outcome]:
        if not due:
            return []
        endpoints = [each.endpoint for each in due]
        try:
            blobs = self._tools.blobs
            raw = body if body is not None else await stored_body(blobs, event.body)
            found = await self._keyring.credentials_of(event, endpoints, clock.now())
        except UnavailableError as trouble:
            # The attempts are on record as running, so they are taken back.
            unrecorded += [unsent(each, str(trouble), clock.now()) for each in due]
            return await self._write(event, unrecorded)
        if raw is None:
            now = clock.now()
            unrecorded += [
                DeliveryReport(each.endpoint.id, each.number, "dead_letter", now, now, error=LOST)
                for each in due
            ]
            return await self._write(event, unrecorded)
        sending = {
            asyncio.create_task(self._attempt(event, each, found[each.endpoint.id], raw, clock))
            for each in due
        }
        try:
            finished: list[Outcome] = []
            while sending:
                done, sending = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
                unrecorded += [each.result() for each in done]
                finished += await self._write(event, unrecorded)
        except UnavailableError:
            # What was sent was sent: its outcome is kept until it can be written down.
            unrecorded += await asyncio.gather(*sending)
            raise
        finally:
            for task in sending:
                task.cancel()
        return finished

    async def _attempt(
        self,
        event: OutboundEvent,
        due: Due,
        credentials: Credentials | UnavailableError,
        body: bytes,
        clock: Clock,
    ) -> DeliveryReport:
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(_LONGEST_WAIT_SECONDS):
                    await stack.enter_async_context(self._room.place())
            except TimeoutError:
                later = clock.busy(due.endpoint.id)
                return unsent(due, later.why, clock.now(), again=later.at)
            secret = () if isinstance(credentials, UnavailableError) else credentials.confidential
            hidden = [*secret, *self._hidden(event, body)]
            name = f"{event.namespace}/{event.webhook}"
            told: dict[str, str | int | None] = {
                **about(event),
                "layeron.endpoint.id": due.endpoint.id,
                "layeron.attempt": due.number,
            }
            with working_on(event.event_id, name, hidden), span("deliver", told) as delivering:
                report = await self._attempt_safely(event, due, credentials, body, clock)
                delivering.set_attribute("layeron.status", report.status)
                if report.failure is not None:
                    failed(delivering, report.failure)
                return without(report, hidden)

    async def _attempt_safely(
        self,
        event: OutboundEvent,
        due: Due,
        credentials: Credentials | UnavailableError,
        body: bytes,
        clock: Clock,
    ) -> DeliveryReport:
        try:
            return await self._attempt_now(event, due, credentials, body, clock)
        except Exception as error:
            # A mistake of ours, or of a user's rule, with one endpoint is none of the others'.
            logger.exception("%s: sending to %s failed", event.event_id, due.endpoint.id)
            now = clock.now()
            return judge(
                due.endpoint,
                due.number,
                Unanswered("unsigned", f"the request could not be made: {type(error).__name__}"),
                single_attempt=event.single_attempt,
                started_at=now,
                ended_at=now,
            )

    async def _attempt_now(
        self,
        event: OutboundEvent,
        due: Due,
        credentials: Credentials | UnavailableError,
        body: bytes,
        clock: Clock,
    ) -> DeliveryReport:
        endpoint, started = due.endpoint, clock.now()
        if isinstance(credentials, UnavailableError):
            return unsent(due, str(credentials), started)
        webhook = self._tools.app.publisher(event.namespace, event.webhook)
        if webhook is None:
            why = f"webhook {event.webhook!r} is not declared in this worker"
            return unsent(due, why, started)
        answer: Answered | Unanswered
        try:
            # Receivers compare the time of signing with the real time.
            rule = webhook.rule_of(endpoint.id)
            now = datetime.now(UTC)
            request = signed_request(
                event,
                endpoint,
                rule,
                credentials.secrets,
                body,
                headers=credentials.headers,
                now=now,
            )
        except ConfigurationError as error:
            answer = Unanswered("unsigned", str(error))
        else:
            answer = await self._tools.sender.post(
                request.url,
                headers=list(request.headers.items()),
                body=request.body,
                seconds=endpoint.timeout_seconds,
            )
        return judge(
            endpoint,
            due.number,
            answer,
            single_attempt=event.single_attempt,
            started_at=started,
            ended_at=clock.now(),
        )

    def _hidden(self, event: OutboundEvent, body: bytes) -> Sequence[str]:
        """What of the payload nobody is shown, also where an endpoint repeats it."""
        webhook = self._tools.app.publisher(event.namespace, event.webhook)
        return texts_in(body, "application/json", webhook.redact) if webhook else ()

    async def _write(
        self, event: OutboundEvent, unrecorded: list[DeliveryReport]
    ) -> Sequence[Outcome]:
        if not unrecorded:
            return []
        reports = list(unrecorded)
        finished = await self._tools.deliveries.finish(event, reports)
        unrecorded.clear()
        due = {each.endpoint_id: each for each in reports}
        webhook = self._tools.app.publisher(event.namespace, event.webhook)
        is_told = webhook is None or webhook.observability.errors
        for each in finished:
            report = due[each.endpoint_id]
            if report.failure is not None and is_told:
                logger.warning(
                    "%s %s: attempt %d to %s failed, now %s: %s",
                    event.webhook, event.event_id, report.number, each.endpoint_id, each.status,
                    report.error, extra={"event_id": event.event_id},
                )  # fmt: skip
        return [outcome_of(each, due[each.endpoint_id]) for each in finished]

    def _declared(self, event: OutboundEvent) -> list[EndpointRecord]:
        webhook = self._tools.app.publisher(event.namespace, event.webhook)
        if webhook is None:
            return []
        return [webhook.records[each] for each in event.endpoints if each in webhook.records]
