"""What the receiver adds to `start_workflow`, and how soon a sender is answered.

No worker runs, so that accepting is measured alone.
"""

from collections.abc import Sequence
from statistics import quantiles

from benchmarks.figure import Figure
from benchmarks.provider import new_event, send_all, send_steadily
from benchmarks.rounds import compare
from benchmarks.starting import example_of, start_all
from benchmarks.system import running_system
from layeron import names

_ROUNDS = 15
_EVENTS = 100
_STEADY_SECONDS = 10


async def run() -> list[Figure]:
    """Measure on an engine of its own."""
    async with running_system(worker=False) as system:
        example, port = await example_of(system), system.port

        async def through_the_receiver() -> float:
            return await send_all(port, [new_event() for _ in range(_EVENTS)])

        async def raw() -> float:
            workflow, client = names.INBOUND_WORKFLOW, system.temporal
            return await start_all(client, workflow, example, _EVENTS, queue="raw")

        found = await compare(through_the_receiver, raw, rounds=_ROUNDS)
        half = found.ours / 2
        events = [new_event() for _ in range(int(half * _STEADY_SECONDS))]
        times = await send_steadily(port, events, per_second=half)
    return [
        Figure("events accepted", found.ours, "/s"),
        Figure("raw start_workflow", found.bare, "/s"),
        Figure("accepted ÷ raw start_workflow", found.ratio, at_least=0.90),
        *acknowledgement("ack at half that load", times),
    ]


def acknowledgement(name: str, milliseconds: Sequence[float]) -> list[Figure]:
    """The median and the 99th percentile of the time to an answer."""
    hundredths = quantiles(milliseconds, n=100)
    return [
        Figure(f"{name}, p50", hundredths[49], "ms"),
        Figure(f"{name}, p99", hundredths[98], "ms"),
    ]
