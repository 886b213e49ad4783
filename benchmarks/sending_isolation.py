"""How soon a customer's endpoint has an event, alone and while fifty others hang.

The customer gets five events a second. Each of the fifty gets one every ten seconds, takes the
connection and never answers. With half of them the default timeout of 20 s keeps a request under
way; with the others, whose timeout is short, attempts fail, are tried again, and are throttled.
What is sent to them comes on top: the engine has twice as many new events in the second part.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from statistics import median, quantiles
from urllib.parse import urlsplit

from benchmarks.application import to_customers
from benchmarks.figure import Figure
from benchmarks.provider import FILLER
from benchmarks.sending_system import running_sender

_PER_SECOND = 5
_SECONDS = 60
_WARM_UP_SECONDS = 5
_HANGING = 50
_HANGING_PER_SECOND = 5
_HANGING_BEFORE_SECONDS = 30
_LONG_TIMEOUT_SECONDS, _SHORT_TIMEOUT_SECONDS = 20, 2
_WELL = "well"


async def run() -> list[Figure]:
    """Measure alone first, as what hangs cannot be taken back."""
    async with running_sender() as (_, url):
        await to_customers.endpoints.create(name=_WELL, url=f"{url}/well", user_id=_WELL)
        for number in range(_HANGING):
            await to_customers.endpoints.create(
                name=_hanging(number),
                url=f"{url}/hang/{number}",
                timeout_seconds=_SHORT_TIMEOUT_SECONDS if number % 2 else _LONG_TIMEOUT_SECONDS,
                user_id=_hanging(number),
            )
        await _times(url, seconds=_WARM_UP_SECONDS)
        alone = await _times(url, seconds=_SECONDS)
        async with _sending_to_who_hangs():
            await asyncio.sleep(_HANGING_BEFORE_SECONDS)
            beside = await _times(url, seconds=_SECONDS)
    name = f"send to arrival, {_PER_SECOND} events/s"
    hanging = f"{_HANGING} others hang, {_HANGING_PER_SECOND} events/s more to them"
    return [
        Figure(f"{name}, p50", median(alone), "ms"),
        Figure(f"{name}, p99", _p99(alone), "ms"),
        Figure(f"{name}; {hanging}, p50", median(beside), "ms"),
        Figure(f"{name}; {hanging}, p99", _p99(beside), "ms"),
        Figure("p50 while others hang ÷ alone", median(beside) / median(alone)),
        Figure("p99 while others hang ÷ alone", _p99(beside) / _p99(alone), at_most=1.5),
    ]


async def _times(url: str, *, seconds: float) -> list[float]:
    """Milliseconds to the arrival of each event, counted from when it was due to be sent."""
    start = time.perf_counter() + 0.1

    async def send_at(due: float) -> tuple[str, float]:
        await asyncio.sleep(due - time.perf_counter())
        return await _send(_WELL), due

    count = int(seconds * _PER_SECOND)
    sent = await asyncio.gather(*(send_at(start + n / _PER_SECOND) for n in range(count)))
    arrivals = await _arrivals(url)
    while not arrivals.keys() >= {event_id for event_id, _ in sent}:
        await asyncio.sleep(0.5)
        arrivals = await _arrivals(url)
    return [(arrivals[event_id] - due) * 1000 for event_id, due in sent]


@asynccontextmanager
async def _sending_to_who_hangs() -> AsyncGenerator[None]:
    """Send to each in turn, at an even pace, in the background."""

    async def send() -> None:
        number = 0
        async with asyncio.TaskGroup() as sending:
            while True:
                sending.create_task(_send(_hanging(number % _HANGING)))
                number += 1
                await asyncio.sleep(1 / _HANGING_PER_SECOND)

    task = asyncio.create_task(send())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _send(customer: str) -> str:
    sent = await to_customers.send("order.created", {"note": FILLER}, user_id=customer)
    return sent.event_id


async def _arrivals(url: str) -> Mapping[str, float]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"GET /arrivals HTTP/1.1\r\nhost: receiver\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(int(head.partition(b"content-length: ")[2]))
    writer.close()
    return dict(json.loads(body))


def _hanging(number: int) -> str:
    return f"hanging-{number}"


def _p99(milliseconds: list[float]) -> float:
    return quantiles(milliseconds, n=100)[98]
