"""Places for requests, shared among endpoints."""

import asyncio
from contextlib import AsyncExitStack, ExitStack

from activities.room import Room

_UNTIL_SLOW_SECONDS = 1.1


def _admitted(room: Room, endpoint: str, times: int) -> int:
    """How many of so many requests to an endpoint are let in at once."""
    with ExitStack() as stack:
        return sum(len(stack.enter_context(room.admit([endpoint]))) for _ in range(times))


def test_an_endpoint_gets_its_share_and_no_more() -> None:
    room = Room(at_once=10, to_one=4)
    assert _admitted(room, "a", 6) == 4
    assert _admitted(room, "a", 6) == 4, "what ended takes no room"


async def test_quick_requests_take_no_share_away() -> None:
    room = Room(at_once=10, to_one=4)
    async with AsyncExitStack() as stack:
        for _ in range(8):
            await stack.enter_async_context(room.place())
        assert _admitted(room, "a", 6) == 4


async def test_the_more_requests_are_slow_the_fewer_each_endpoint_gets() -> None:
    room = Room(at_once=10, to_one=4)
    async with AsyncExitStack() as stack:
        for _ in range(7):
            await stack.enter_async_context(room.place())
        await asyncio.sleep(_UNTIL_SLOW_SECONDS)
        assert _admitted(room, "a", 6) == 2
        for _ in range(3):
            await stack.enter_async_context(room.place())
        await asyncio.sleep(_UNTIL_SLOW_SECONDS)
        assert _admitted(room, "a", 6) == 1, "an endpoint that nothing is under way to gets one"
    assert _admitted(room, "a", 6) == 4, "when they have ended all is as before"
