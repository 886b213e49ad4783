"""Events are sent while the engine is away: they wait in the inbox, and in their order."""

from datetime import timedelta
from pathlib import Path

import pytest

from layeron.identity import received_at
from layeron.outbound.outgoing import OutgoingEvent
from layeron.ports.inbox import Waiting
from layeron.secrets import ENCRYPTION_KEY
from layeron.services import connect_services
from tests.outages.waiting import IMPATIENT, behind_a_gate, drained
from tests.sending.declared import SECRET, SECRET_NAME, publisher
from tests.support.customer import running_customer
from tests.support.gate import gate_before
from tests.support.service import running_service
from tests.support.temporal import TemporalServer


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    monkeypatch.setenv(ENCRYPTION_KEY.name, "a key of more than thirty-two characters")
    monkeypatch.setenv("LAYERON_OUTBOUND_ALLOW", "127.0.0.0/8")


async def test_what_is_sent_is_delivered_once_under_its_key_when_the_engine_is_back(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with (
        running_customer() as customer,
        gate_before(temporal.address) as gate,
    ):
        app, out = publisher(customer.url)
        async with running_service(
            app, tmp_path, temporal, temporal_address=gate.address, **IMPATIENT
        ) as service:
            before = await out.send("invoice.paid", {"n": 0}, idempotency_key="before")
            await service.settled(before.event_id)
            await gate.shut()
            first = await out.send("invoice.paid", {"n": 1}, idempotency_key="during")
            again = await out.send("invoice.paid", {"n": 1}, idempotency_key="during")
            other = await out.send("invoice.paid", {"n": 2}, idempotency_key="during")
            of_before = await out.send("invoice.paid", {"n": 0}, idempotency_key="before")
            assert (first.duplicate, [each.status for each in first.deliveries]) == (
                False,
                ["queued"],
            )
            assert (again.event_id, again.duplicate, again.conflict) == (
                first.event_id,
                True,
                False,
            )
            assert again.deliveries == first.deliveries
            assert (other.event_id, other.duplicate, other.conflict) == (first.event_id, True, True)
            assert (of_before.event_id, of_before.duplicate) == (before.event_id, True)
            shown = await out.events.get(first.event_id)
            assert (shown.status, shown.in_inbox) == ("accepted", True)
            await gate.open()
            record = await service.settled(first.event_id)
            assert (record.status, record.duplicates, record.conflicts) == ("succeeded", 2, 1)
            await drained(service)
    assert customer.ids() == [before.event_id, first.event_id]


async def test_what_goes_to_queues_keeps_its_order_across_the_outage(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with (
        running_customer() as customer,
        gate_before(temporal.address) as gate,
    ):
        app, out = publisher(customer.url, fifo=True)
        async with running_service(
            app,
            tmp_path,
            temporal,
            worker=False,
            drainer=False,
            temporal_address=gate.address,
            **IMPATIENT,
        ) as service:
            # The process that sends.
            starts = connect_services(app, service.tools, service.settings).starts
            await gate.shut()
            lot = [OutgoingEvent("invoice.paid", {"n": n}) for n in range(12)]
            ids = [each.event_id for each in await out.send_many(lot)]
            await gate.open()
            # The engine is known to be back, but what came before waits still.
            starts.breaker.close()
            ids.append((await out.send("invoice.paid", {"n": 12})).event_id)
            await service.work()
            for each in ids:
                await service.settled(each)
            await drained(service)
    assert customer.ids() == ids


async def test_who_erases_a_user_waits_for_what_waits_in_the_inbox(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url)
        async with behind_a_gate(
            app, tmp_path, temporal, worker=False, drainer=False, **IMPATIENT
        ) as (service, gate):
            services = connect_services(app, service.tools, service.settings)
            await gate.shut()
            sent = await out.send("invoice.paid", {}, user_id="u")
            wish = received_at(sent.event_id) + timedelta(seconds=1)
            assert await services.retention.is_sending("u", before=wish)
            assert not await services.retention.is_sending("other", before=wish)
            await gate.open()
            await service.work()
            await service.settled(sent.event_id)
            await drained(service)
            assert not await services.retention.is_sending("u", before=wish)
            assert not await services.retention.erase_page("u", before=wish)
            record = await out.events.get(sent.event_id)
            assert record.body_erased_at is not None


async def test_what_another_process_sends_does_not_overtake_what_waits_for_the_same_queue(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url, fifo=True)
        async with behind_a_gate(
            app, tmp_path, temporal, worker=False, drainer=False, **IMPATIENT
        ) as (service, gate):
            one, other = (connect_services(app, service.tools, service.settings) for _ in range(2))
            assert await other.starts.look() == Waiting()
            ids: list[str] = []
            for sender in (one, other):
                await (gate.shut if sender is one else gate.open)()
                event = OutgoingEvent("invoice.paid", {"n": len(ids)})
                result = await sender.publishing.send(out.namespace, out.name, event)
                ids.append(result.event_id)
            await service.work()
            for each in ids:
                await service.settled(each)
            await drained(service)
    assert customer.ids() == ids
