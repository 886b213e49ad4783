"""Bulk replays: many events replayed at a rate, with progress, until all are or it is stopped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from layeron.application import Backend
from layeron.errors import (
    BodyLostError,
    ConflictError,
    EngineUnavailableError,
    NotFoundError,
    PayloadError,
    UnavailableError,
)
from layeron.identity import is_event_id, new_bulk_id
from layeron.operating_records import BulkReplay, BulkReplayPage, BulkStatus, Count
from layeron.operations import Operations
from layeron.outbound.listing import find_endpoint
from layeron.outbound.records import TESTER, EndpointRecord
from layeron.ports.bulk_replays import BulkReplayStore
from layeron.ports.endpoints import EndpointStore
from layeron.ports.engine import Engine
from layeron.ports.statistics import Statistics
from layeron.records import EventFilter, EventRecord, EventStatus

SLOWEST, FASTEST = 0.1, 100.0
"""Events in a second."""
DEFAULT_RATE = 10.0
MOST_EVENT_IDS = 10_000
MOST_COUNTED = 100_000
FAILED: tuple[EventStatus, ...] = ("dead_letter", "failed", "held")
"""What is recovered after a failure."""

_ENDED: frozenset[BulkStatus] = frozenset({"stopped", "finished"})
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events a bulk replay is about: those of a filter, of a list, or an endpoint's gaps.

    Attributes:
        where: a filter, in which something must be said.
        statuses: any of these, in place of the one in `where`.
        event_ids: instead of a filter: exactly these.
        endpoint: name or id of an endpoint of the webhook in `where`: the events that it wants and
            has not taken, replayed to it alone.
    """

    where: EventFilter | None = None
    statuses: Sequence[EventStatus] | None = None
    event_ids: Sequence[str] | None = None
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class BulkReplays:
    """What operators, and the workflow in their stead, do with bulk replays."""

    app: Backend
    engine: Engine
    store: BulkReplayStore
    statistics: Statistics
    endpoints: EndpointStore
    events: Operations

    async def count(self, selection: Selection) -> Count:
        """How many events a bulk replay would be about.

        Raises:
            PayloadError: nothing, or something impossible, is selected.
            NotFoundError: there is no such endpoint.
            ConflictError: the endpoint is disabled.
        """
        return await self._count(await self._asked(selection))

    async def start(
        self,
        selection: Selection,
        *,
        requested_by: str,
        reason: str | None = None,
        rate_per_second: float = DEFAULT_RATE,
        idempotency_key: str | None = None,
    ) -> BulkReplay:
        """Start a bulk replay of the events that are on record now.

        Args:
            selection: which.
            requested_by: who asked.
            reason: why.
            rate_per_second: from `SLOWEST` to `FASTEST`.
            idempotency_key: the same key gives the same bulk replay, and starts it once.

        Raises:
            PayloadError: nothing, or something impossible, is selected, or the rate is.
            NotFoundError: there is no such endpoint.
            ConflictError: the endpoint is disabled.
            UnavailableError: it is not running; if it is on record, then as ``paused``.
        """
        if not SLOWEST <= rate_per_second <= FASTEST:
            raise PayloadError(
                f"rate_per_second: {rate_per_second:g} is no rate; give one from {SLOWEST:g} to"
                f" {FASTEST:g} events a second"
            )
        asked = replace(
            await self._asked(selection),
            requested_by=requested_by,
            reason=reason,
            rate_per_second=rate_per_second,
            idempotency_key=idempotency_key,
        )
        count = await self._count(asked)
        bulk = await self.store.add(replace(asked, total=count.total, capped=count.capped))
        if bulk.status == "running":
            try:
                await self.engine.run_bulk_replay(bulk.id)
            except UnavailableError as trouble:
                await self.store.set_status(bulk.id, "paused", at=datetime.now(UTC))
                raise EngineUnavailableError(
                    f"{trouble}; bulk replay {bulk.id} is on record as paused: resume it when the"
                    " engine is back, and start no other"
                ) from trouble
        return bulk

    async def get(self, bulk_id: str) -> BulkReplay:
        """One bulk replay.

        Raises:
            NotFoundError: there is none.
        """
        return await self.store.get(bulk_id)

    async def list(self, *, limit: int, cursor: str | None = None) -> BulkReplayPage:
        """A page of them, newest first.

        Raises:
            CursorError: the cursor is not one of ours.
        """
        return await self.store.list(limit=limit, cursor=cursor)

    async def change(self, bulk_id: str, status: BulkStatus) -> BulkReplay:
        """Pause (``paused``), resume (``running``) or stop (``stopped``) a bulk replay.

        It is obeyed before the next event; replays that have begun go on.

        Raises:
            NotFoundError: there is none.
            ConflictError: it is over.
        """
        known = await self.store.get(bulk_id)
        if known.status not in _ENDED:
            known = await self.store.set_status(bulk_id, status, at=datetime.now(UTC))
            await self.engine.run_bulk_replay(bulk_id)
        if known.status != status:
            how = "has finished" if known.status == "finished" else "was stopped"
            raise ConflictError(f"bulk replay {bulk_id} {how}; start another")
        return known

    async def next_ids(self, bulk: BulkReplay, *, limit: int) -> Sequence[str]:
        """The ids of the events that come next; none when all have been looked at.

        Raises:
            NotFoundError: the endpoint it is about was deleted.
        """
        if bulk.event_ids is not None:
            return bulk.event_ids[bulk.examined : bulk.examined + limit]
        return await self._found(bulk, limit=limit, cursor=bulk.cursor)

    async def replay(self, bulk: BulkReplay, event_id: str) -> bool:
        """Replay one of its events, once, however often this is asked for; False: it cannot be."""
        try:
            record = await self.events.read_event(event_id)
            if bulk.endpoint_id and not _lacks(record, bulk.endpoint_id, bulk.id):
                return False
            await self.events.replay_record(
                record,
                requested_by=f"bulk {bulk.id} by {bulk.requested_by}",
                reason=bulk.reason,
                endpoints=[bulk.endpoint_id] if bulk.endpoint_id else None,
                bulk_id=bulk.id,
            )
        except (NotFoundError, ConflictError, BodyLostError, PayloadError):
            return False
        return True

    async def _asked(self, selection: Selection) -> BulkReplay:
        """What is selected, as the bulk replay that it would be."""
        at = datetime.now(UTC)
        bulk = BulkReplay(new_bulk_id(at), "", None, "running", at, at)
        if selection.event_ids is not None:
            return replace(bulk, event_ids=_checked(selection.event_ids))
        where = selection.where or EventFilter()
        if where == EventFilter() and not selection.statuses:
            raise PayloadError("nothing says which events; name a webhook, a status, a time or ids")
        # What comes later is not meant.
        until = at if where.until is None else min(where.until, at)
        bulk = replace(bulk, where=replace(where, until=until))
        if selection.endpoint is not None:
            return await self._gaps(bulk, selection.endpoint)
        if selection.statuses:
            where = replace(where, status=None, until=until)
            statuses = list(dict.fromkeys(selection.statuses))
            bulk = replace(bulk, where=where, statuses=statuses)
        return bulk

    async def _gaps(self, bulk: BulkReplay, wanted: str) -> BulkReplay:
        where = bulk.where or EventFilter()
        endpoint = await self._endpoint(where, wanted)
        if endpoint.state.status == "disabled":
            raise ConflictError(f"endpoint {endpoint.name!r} is disabled; enable it first")
        where = replace(
            where,
            direction="outbound",
            namespace=endpoint.namespace,
            webhook=endpoint.webhook,
            user_id=endpoint.user_id or where.user_id,
        )
        return replace(bulk, where=where, endpoint_id=endpoint.id)

    async def _endpoint(self, where: EventFilter, wanted: str) -> EndpointRecord:
        namespace, webhook = where.namespace or "default", where.webhook or ""
        publisher = self.app.publisher(namespace, webhook)
        if publisher is None:
            raise NotFoundError(
                f"no webhook that sends is declared as {f'{namespace}/{webhook}'[:90]!r}"
            )
        return await find_endpoint(self.endpoints, publisher, wanted)

    async def _filters(self, bulk: BulkReplay) -> Sequence[EventFilter]:
        """Filters for one status and type each, which together find its events."""
        where = bulk.where or EventFilter()
        if bulk.endpoint_id is not None:
            types = (await self._endpoint(where, bulk.endpoint_id)).event_types
            if types and "*" not in types:
                return [replace(where, event_type=each) for each in types]
        if bulk.statuses is not None:
            return [replace(where, status=each) for each in bulk.statuses]
        return [where]

    async def _found(self, bulk: BulkReplay, *, limit: int, cursor: str | None) -> Sequence[str]:
        found: set[str] = set()
        for each in await self._filters(bulk):
            if bulk.endpoint_id is None:
                found.update(await self.store.event_ids(each, limit=limit, cursor=cursor))
            else:
                found.update(
                    await self.store.missing_ids(bulk.endpoint_id, each, limit=limit, cursor=cursor)
                )
        return sorted(found, reverse=True)[:limit]

    async def _count(self, bulk: BulkReplay) -> Count:
        if bulk.event_ids is not None:
            return Count(len(bulk.event_ids))
        if bulk.endpoint_id is not None:
            return await self._count_found(bulk)
        counts = [
            await self.statistics.count(each, most=MOST_COUNTED)
            for each in await self._filters(bulk)
        ]
        return Count(sum(each.total for each in counts), any(each.capped for each in counts))

    async def _count_found(self, bulk: BulkReplay) -> Count:
        total, cursor = 0, None
        while total < MOST_COUNTED:
            page = await self._found(bulk, limit=_PAGE, cursor=cursor)
            total += len(page)
            if len(page) < _PAGE:
                return Count(total)
            cursor = page[-1]
        return Count(total, capped=True)


def _checked(event_ids: Sequence[str]) -> list[str]:
    """The ids, each once, newest first."""
    if not event_ids or len(event_ids) > MOST_EVENT_IDS:
        raise PayloadError(
            f"event_ids: {len(event_ids)} are no list to replay; give from 1 to {MOST_EVENT_IDS:,}"
        )
    for each in event_ids:
        if not is_event_id(each):
            raise PayloadError(f"event_ids: {each[:40]!r} is no id of an event, such as whevt_01J…")
    return sorted(set(event_ids), reverse=True)


def _lacks(record: EventRecord, endpoint_id: str, bulk_id: str) -> bool:
    """Whether an event is to be replayed to an endpoint, or was by this very bulk replay."""
    if any(each.bulk_id == bulk_id for each in record.replays):
        return True
    reached = {each.endpoint_id for each in record.deliveries if each.status == "succeeded"}
    # Nobody but the endpoint that is tested wants a test.
    return endpoint_id not in reached and record.provider != TESTER
