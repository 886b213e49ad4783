"""Connections are kept for the next event, and one that went stale is no failure."""

import asyncio

import pytest

from layeron.ports.sender import LARGEST_EXCERPT
from tests.contract.sender.opening import PATH, answer, failure, names, sending
from tests.support.broken_server import serving
from tests.support.hostile_receiver import receiving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def test_the_next_event_goes_over_the_same_connection() -> None:
    async with receiving(OK) as receiver, sending() as sender:
        told = [await answer(sender, f"http://{receiver.host}{PATH}") for _ in range(3)]
    assert (receiver.connections, len(receiver.requests)) == (1, 3)
    assert [each.connect_seconds is None for each in told] == [False, True, True]
    assert {each.address for each in told} == {"127.0.0.1"}


async def test_a_name_has_connections_of_its_own_though_its_address_is_anothers() -> None:
    resolve = names({"a.example": ["127.0.0.1"], "b.example": ["127.0.0.1"]})
    async with receiving(OK) as receiver, sending(resolve=resolve) as sender:
        for host in ("a.example", "b.example", "a.example"):
            await answer(sender, f"http://{host}:{receiver.port}/")
    assert receiver.connections == 2


async def test_events_at_the_same_time_do_not_wait_for_each_other() -> None:
    everyone = asyncio.Barrier(20)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await everyone.wait()
        writer.write(OK)
        await writer.drain()

    async with serving(meet) as host, sending() as sender:
        told = await asyncio.gather(*(answer(sender, f"http://{host}/") for _ in range(20)))
    assert [each.status for each in told] == [200] * 20


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (2 * LARGEST_EXCERPT)
        + b"x" * 2 * LARGEST_EXCERPT,
    ],
    ids=["it says so", "its body was not read to the end"],
)
async def test_a_connection_is_not_kept_after(said: bytes) -> None:
    async with receiving(said) as receiver, sending() as sender:
        for _ in range(2):
            await answer(sender, f"http://{receiver.host}/")
    assert receiver.connections == 2


async def test_a_kept_connection_that_was_closed_meanwhile_is_not_used() -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await writer.drain()
        closed.set()

    closed = asyncio.Event()
    async with serving(once) as host, sending() as sender:
        await answer(sender, f"http://{host}/")
        await closed.wait()
        await asyncio.sleep(0.05)
        assert (await answer(sender, f"http://{host}/")).status == 200


async def test_a_kept_connection_that_is_closed_at_the_next_request_is_no_failure() -> None:
    async with receiving(OK, a_connection=1) as receiver, sending() as sender:
        told = [await answer(sender, f"http://{receiver.host}/") for _ in range(3)]
    assert [each.status for each in told] == [200] * 3
    assert (receiver.connections, len(receiver.requests)) == (3, 3)


async def test_several_kept_connections_that_all_went_stale_are_no_failure() -> None:
    everyone = asyncio.Barrier(5)

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n{")
        if len(first) < 5:
            first.append(writer)
            await everyone.wait()
            writer.write(OK)
            await reader.readuntil(b"\r\n\r\n{")
        else:
            writer.write(OK)
            await writer.drain()

    first: list[asyncio.StreamWriter] = []
    async with serving(once) as host, sending() as sender:
        await asyncio.gather(*(answer(sender, f"http://{host}/") for _ in range(5)))
        assert (await answer(sender, f"http://{host}/")).connect_seconds is not None


async def test_a_fresh_connection_that_is_closed_is_tried_once() -> None:
    async with receiving(OK, a_connection=0) as receiver, sending() as sender:
        await failure(sender, f"http://{receiver.host}{PATH}", "protocol", "before it answered")
    assert receiver.connections == 1


async def test_an_answer_that_breaks_off_on_a_kept_connection_is_a_failure() -> None:
    async def twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n{"))
        writer.write(OK)
        requests.append(await reader.readuntil(b"\r\n\r\n{"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nx")
        await writer.drain()

    requests: list[bytes] = []
    async with serving(twice) as host, sending() as sender:
        await answer(sender, f"http://{host}/")
        await failure(sender, f"http://{host}{PATH}", "protocol", "in the middle of its answer")
    assert len(requests) == 2
