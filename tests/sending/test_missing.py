"""What an endpoint has missed is sent to it, and to nobody else."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from layeron import ConflictError, NotFoundError
from layeron.bulk import BulkReplays, Selection
from layeron.operating_records import BulkReplay
from layeron.records import EventFilter
from layeron.services import connect_services
from tests.sending.declared import publisher
from tests.support.customer import always, in_turn, running_customer
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer

ONCE: dict[str, Any] = {"schedule": []}


def bulk_of(service: Service) -> BulkReplays:
    return connect_services(service.app, service.tools, service.settings).bulk


async def ended(bulk: BulkReplays, begun: BulkReplay) -> BulkReplay:
    async def look() -> BulkReplay | None:
        known = await bulk.get(begun.id)
        return known if known.status == "finished" else None

    return await eventually(look)


async def test_a_new_endpoint_gets_what_it_wants_of_the_time_before_it_was_there(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as old, running_customer() as new:
        app, out = publisher(old.url)
        async with running_service(app, tmp_path, temporal) as service:
            wanted = [await out.send("invoice.paid", {"n": n}, user_id="u") for n in range(3)]
            too = await out.send("order.made", {}, user_id="u")
            others = [
                await out.send("invoice.paid", {}, user_id="somebody else"),
                await out.send("ping", {}, user_id="u"),
                await out.send("invoice.paid", {}),
            ]
            for each in [*wanted, too, *others]:
                await service.settled(each.event_id)
            await out.endpoints.test("a", event_type=None)
            endpoint, _ = await out.endpoints.create(
                name="new", url=new.url, user_id="u", event_types=["invoice.*", "order.made"]
            )
            bulk = bulk_of(service)
            where = EventFilter(
                namespace=out.namespace,
                webhook=out.name,
                since=datetime.now(UTC) - timedelta(hours=1),
            )
            gaps = Selection(where, endpoint="new")
            assert (await bulk.count(gaps)).total == 4
            begun = await bulk.start(gaps, requested_by="nina", rate_per_second=100)
            assert begun.endpoint_id == endpoint.id
            assert (await ended(bulk, begun)).replayed == 4
            missed = [*(each.event_id for each in wanted), too.event_id]
            for missed_id in missed:
                record = await service.settled(missed_id, replays=1)
                assert {one.endpoint: one.status for one in record.deliveries} == {
                    "a": "succeeded",
                    "new": "succeeded",
                }
            assert sorted(new.ids()) == sorted(missed)
            assert len(old.requests) == 8
            assert (await bulk.count(gaps)).total == 0


async def test_gaps_of_a_failing_endpoint_are_filled_and_its_tests_are_not_sent_to_others(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as fine, running_customer(in_turn(500, 500, 200)) as failing:
        app, out = publisher(fine.url, failing.url, retry=ONCE)
        async with running_service(app, tmp_path, temporal) as service:
            sent = [await out.send("invoice.paid", {"n": n}) for n in range(2)]
            for each in sent:
                assert (await service.settled(each.event_id)).status == "dead_letter"
            await out.endpoints.test("a", event_type=None)
            bulk = bulk_of(service)
            where = EventFilter(namespace=out.namespace, webhook=out.name)
            begun = await bulk.start(Selection(where, endpoint="b"), requested_by="nina")
            done = await ended(bulk, begun)
            assert (done.replayed, done.skipped) == (2, 1)
            for each in sent:
                assert (await service.settled(each.event_id, replays=1)).status == "succeeded"
            assert len(failing.requests) == 4
            assert len(fine.requests) == 3


async def test_an_event_can_be_sent_to_an_endpoint_that_never_had_it(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as old, running_customer() as new:
        app, out = publisher(old.url)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {}, endpoints=[], user_id="u")
            assert (await service.settled(sent.event_id)).status == "unhandled"
            await out.endpoints.create(name="new", url=new.url)
            await out.endpoints.create(name="theirs", url=new.url, user_id="v")
            await out.events.replay(sent.event_id, endpoints=["new"])
            record = await service.settled(sent.event_id, {"succeeded"}, replays=1)
            assert [each.endpoint for each in record.deliveries] == ["new"]
            assert new.ids() == [sent.event_id]
            with pytest.raises(NotFoundError, match="not sent to an endpoint 'theirs'; name some"):
                await out.events.replay(sent.event_id, endpoints=["theirs"])


async def test_gaps_of_an_endpoint_that_is_disabled_or_unknown_are_refused(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(always(200)) as customer:
        app, out = publisher(customer.url)
        async with running_service(app, tmp_path, temporal) as service:
            await out.endpoints.disable("a")
            bulk = bulk_of(service)
            where = EventFilter(namespace=out.namespace, webhook=out.name)
            with pytest.raises(ConflictError, match="is disabled; enable it first"):
                await bulk.count(Selection(where, endpoint="a"))
            with pytest.raises(NotFoundError):
                await bulk.count(Selection(where, endpoint="b"))


async def test_one_about_an_endpoint_that_is_deleted_meanwhile_is_stopped(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as old, running_customer() as new:
        app, out = publisher(old.url)
        async with running_service(app, tmp_path, temporal, worker=False) as service:
            endpoint, _ = await out.endpoints.create(name="new", url=new.url)
            bulk = bulk_of(service)
            where = EventFilter(namespace=out.namespace, webhook=out.name)
            begun = await bulk.start(Selection(where, endpoint=endpoint.id), requested_by="nina")
            await out.endpoints.delete("new")
            await service.work()
            handle = service.temporal.get_workflow_handle(f"bulk/{begun.id}")
            await asyncio.wait_for(handle.result(), 30)
            assert (await bulk.get(begun.id)).status == "stopped"
