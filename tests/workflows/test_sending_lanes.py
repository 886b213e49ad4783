"""Lanes under what may go wrong: commands at any moment, long queues, endpoints that go away."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

from layeron import OutboundWebhook
from layeron.identity import outbound_workflow_id
from layeron.request import Request
from tests.sending.declared import publisher, send
from tests.support.customer import always, behind, in_turn, running_customer
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer, running_temporal
from tests.workflows.lanes import LONG, arrived, lane_of

ONCE = {"schedule": list[float]()}


def slowly(customer: list[asyncio.Event], *answers: int) -> Callable[[Request], Awaitable[int]]:
    """Answer in turn, each once it is let go."""
    left = list(answers)

    async def answer(_: Request) -> int:
        status = left.pop(0)
        gate = asyncio.Event()
        customer.append(gate)
        await gate.wait()
        return status

    return answer


async def test_events_at_any_moment_of_a_lane_all_arrive_in_order(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    """A lane ends when nothing is left, so that most of them come when it is about to."""
    random = Random(4)  # noqa: S311  # chooses moments
    async with running_customer() as customer:
        app, out = publisher(customer.url, fifo=True)
        async with running_service(app, tmp_path, temporal) as service:

            async def sender(_: int) -> list[str]:
                sent: list[str] = []
                while len(sent) < 100:
                    sent += await send(out, 2)
                    await arrived(customer, sent[-1])
                    await asyncio.sleep(random.uniform(0, 0.4))
                return sent

            by_sender = await asyncio.gather(*map(sender, range(2)))
            for each in by_sender:
                for event_id in each:
                    assert (await service.settled(event_id)).status == "succeeded"
            query = f"WorkflowId = '{(await lane_of(service, out)).id}'"
            runs = [each async for each in service.temporal.list_workflows(query)]
    assert len(runs) > 5
    arrivals = customer.ids()
    assert len(arrivals) == 200
    for each in by_sender:
        assert [one for one in arrivals if one in set(each)] == each


async def test_one_that_is_skipped_in_mid_request_is_left_though_it_fails_then(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    gates: list[asyncio.Event] = []
    async with running_customer(slowly(gates, 500, 200)) as customer:
        app, out = publisher(customer.url, fifo=True, retry=LONG)
        async with running_service(app, tmp_path, temporal) as service:
            first, second = await send(out, 2)
            await arrived(customer, first)
            await out.endpoints.skip("a", first)
            await asyncio.sleep(0.5)
            gates[0].set()
            await arrived(customer, second)
            gates[1].set()
            assert (await service.settled(second)).status == "succeeded"
            skipped = await service.settled(first)
    assert [each.status for each in skipped.deliveries] == ["skipped"]
    assert customer.ids() == [first, second]


async def test_a_command_about_an_event_that_does_not_wait_is_no_command_about_its_replay(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(200, 500, 200)) as customer:
        app, out = publisher(customer.url, fifo=True, retry=LONG)
        async with running_service(app, tmp_path, temporal) as service:
            first, second = await send(out, 2)
            await arrived(customer, second)
            await out.endpoints.skip("a", first)
            await out.endpoints.retry("a", first)
            await out.events.replay(first)
            await out.endpoints.retry("a", second)
            record = await service.settled(first, replays=1)
    assert record.status == "succeeded"
    assert customer.ids() == [first, second, second, first]


async def test_a_replay_takes_the_place_of_the_dead_letter_that_blocks(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 200)) as customer:
        app, out = publisher(customer.url, fifo=True, retry=ONCE)
        async with running_service(app, tmp_path, temporal) as service:
            first, second = await send(out, 2)
            assert (await service.settled(first)).status == "dead_letter"
            await out.events.replay(first)
            assert (await service.settled(second)).status == "succeeded"
            record = await service.settled(first, replays=1)
    assert record.status == "succeeded"
    assert customer.ids() == [first, first, second]


async def test_an_event_that_was_skipped_is_sent_again_by_a_replay(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 200)) as customer:
        app, out = publisher(customer.url, fifo=True, retry=LONG)
        async with running_service(app, tmp_path, temporal) as service:
            first, second = await send(out, 2)
            await arrived(customer, first)
            await out.endpoints.skip("a", first)
            await service.settled(second)
            await service.settled(first)
            await out.events.replay(first)
            record = await service.settled(first, replays=1)
    assert record.status == "succeeded"
    assert customer.ids() == [first, second, first]


async def test_a_lane_whose_endpoint_is_deleted_keeps_its_events(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(always(500)) as customer:
        app, out = publisher()
        async with running_service(app, tmp_path, temporal) as service:
            await out.endpoints.create(
                name="created", url=customer.url, fifo=True, retry={"schedule": [2.0]}
            )
            sent = await send(out, 3)
            await arrived(customer, sent[0])
            await out.endpoints.delete("created")
            records = [await service.settled(each) for each in sent]
    assert [each.status for each in records] == ["held"] * 3
    assert customer.ids() == sent[:1]


async def test_what_a_terminated_lane_left_behind_is_sent_by_the_next_in_order(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 200)) as customer:
        app, out = publisher(customer.url, fifo=True, retry={"schedule": [2.0]})
        async with running_service(app, tmp_path, temporal) as service:
            sent = await send(out, 4)
            await service.settled(sent[0], {"retrying"})
            await terminate_lane(service, out, sent)
            sent += await send(out, 1)
            for each in sent:
                assert (await service.settled(each)).status == "succeeded"
    assert customer.ids() == [sent[0], *sent]


async def test_a_replay_starts_a_terminated_lane_with_all_that_waits(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 200)) as customer:
        app, out = publisher(customer.url, fifo=True, retry=ONCE)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await send(out, 60)
            assert (await service.settled(sent[0])).status == "dead_letter"
            await terminate_lane(service, out, sent)
            await out.events.replay(sent[30])
            await service.settled(sent[30], replays=1)
            for each in sent[1:]:
                assert (await service.settled(each)).status == "succeeded"
            left = await service.tools.records.get_event(sent[0])
    assert left.status == "dead_letter"
    assert customer.ids() == sent


async def terminate_lane(service: Service, out: OutboundWebhook, sent: list[str]) -> None:
    """Terminate the lane of endpoint a, once it is alone in knowing of these events."""
    for each in sent:
        sending = outbound_workflow_id(out.namespace, out.name, each)
        await service.temporal.get_workflow_handle(sending).result()
    await service.temporal.get_workflow_handle((await lane_of(service, out)).id).terminate()


async def test_a_queue_that_takes_no_more_holds_up_no_other_endpoint_and_loses_nothing(
    tmp_path: Path,
) -> None:
    few = {"history.maximumSignalsPerExecution": "6"}
    gate = asyncio.Event()
    async with (
        running_customer(behind(gate, 200)) as slow,
        running_customer() as free,
        running_temporal(tmp_path, few) as temporal,
    ):
        app, out = publisher(slow.url, fifo=True, timeout_seconds=60)
        async with running_service(app, tmp_path / "data", temporal) as service:
            await out.endpoints.create(name="free", url=free.url)
            sent = await send(out, 8)
            for each in sent:
                await arrived(free, each)
            assert slow.ids() == sent[:1]
            gate.set()
            for each in sent:
                assert (await service.settled(each)).status == "succeeded"
    assert sorted(slow.ids()) == sorted(sent)
    assert sorted(free.ids()) == sorted(sent)
