"""How many deliveries a second are made, against a workflow that does nothing.

Both run on the same worker process. A delivery is sent by application code, signed with a secret of
its endpoint's own, posted to a process on this machine, and on record when its workflow ends.
"""

import asyncio
from datetime import UTC, datetime

from benchmarks.application import Bare, to_all, to_customers
from benchmarks.completing import completed
from benchmarks.figure import Figure
from benchmarks.provider import CONCURRENCY, FILLER
from benchmarks.rounds import Comparison, compare
from benchmarks.sending_system import running_sender
from benchmarks.starting import example_of, start_all
from layeron import names
from layeron.outbound.declaration import OutboundWebhook

_ROUNDS = 7
_BARE = 100
_MANY = 100
_EVENTS_TO_ONE = 100
_EVENTS_TO_MANY = 6
_CUSTOMER = "acme"


async def run() -> list[Figure]:
    """Measure on an engine of its own."""
    async with running_sender() as (system, url):
        example, queue = await example_of(system), system.settings.task_queue
        await to_customers.endpoints.create(name="one", url=f"{url}/well", user_id=_CUSTOMER)
        for number in range(_MANY):
            await to_all.endpoints.create(name=f"e{number}", url=f"{url}/well/{number}")

        async def bare() -> float:
            began = datetime.now(UTC)
            await start_all(system.temporal, Bare.__name__, example, _BARE, queue=queue)
            return await completed(system.temporal, Bare.__name__, began, _BARE)

        async def sent(publisher: OutboundWebhook, events: int, user_id: str | None) -> float:
            began = datetime.now(UTC)
            await send_all(publisher, events, user_id)
            return await completed(system.temporal, names.OUTBOUND_WORKFLOW, began, events)

        async def to_one() -> float:
            return await sent(to_customers, _EVENTS_TO_ONE, _CUSTOMER)

        async def to_many() -> float:
            return _MANY * await sent(to_all, _EVENTS_TO_MANY, None)

        one = await compare(to_one, bare, rounds=_ROUNDS)
        many = await compare(to_many, bare, rounds=_ROUNDS)
    return [*_figures("1 endpoint", one), *_figures(f"{_MANY} endpoints", many)]


async def send_all(publisher: OutboundWebhook, count: int, user_id: str | None) -> None:
    """Send so many events, as many at once as the bare workflows are started."""
    waiting = list(range(count))

    async def send_some() -> None:
        while waiting:
            payload = {"number": waiting.pop(), "note": FILLER}
            await publisher.send("order.created", payload, user_id=user_id)

    await asyncio.gather(*(send_some() for _ in range(CONCURRENCY)))


def _figures(to: str, found: Comparison) -> list[Figure]:
    return [
        Figure(f"deliveries, {to}", found.ours, "/s"),
        Figure("bare workflows beside", found.bare, "/s"),
        Figure(f"deliveries ÷ bare workflow, {to}", found.ratio, at_least=0.70),
    ]
