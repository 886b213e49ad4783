"""A provider in a process of its own: offers signed events at an even pace until each is taken.

It does what providers do: whatever is not a 2xx, or breaks off, is sent again with the same id,
signed anew, later and later. Where providers wait for minutes it waits for seconds, and it does not
heed ``Retry-After``, as most do not.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import uvloop
from pydantic import TypeAdapter

from layeron.testing import signed_request
from trials import offers
from trials.application import KEY, orders
from trials.offers import Offer

_ANSWER_SECONDS = 10
"""How long GitHub waits for an answer."""
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 3
_CONNECTIONS = 500
_ANSWER = TypeAdapter(dict[str, str])
_SMALL, _LARGE = "x" * 900, "x" * 70_000
"""About 1 kB, and more than travels through the engine."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What to offer.

    Attributes:
        url: of the system.
        prefix: what each id begins with.
        count: how many at most.
        patience: seconds after which an event is no longer tried.
        large_every: each so many-th body goes to the bucket; 0 for none.
    """

    url: str
    prefix: str
    count: int
    per_second: float
    patience: float
    large_every: int


async def offer_all(plan: Orders, stop: asyncio.Event) -> list[Offer]:
    """Offer at the pace of the plan until *stop* or its count, and then end what is begun."""
    connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
    timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
    async with aiohttp.ClientSession(
        plan.url, connector=connector, timeout=timeout, trust_env=False
    ) as session:
        start = time.monotonic()
        begun: list[asyncio.Task[Offer]] = []
        for number in range(plan.count):
            due = start + number / plan.per_second
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), max(due - time.monotonic(), 0))
            if stop.is_set():
                break
            begun.append(asyncio.create_task(_offer(session, plan, number, due)))
        return await asyncio.gather(*begun)


async def _offer(session: aiohttp.ClientSession, plan: Orders, number: int, due: float) -> Offer:
    is_large = plan.large_every and number % plan.large_every == 0
    order = {
        "id": f"{plan.prefix}{number}",
        "type": "order.created",
        "note": _LARGE if is_large else _SMALL,
    }
    body = json.dumps(order).encode()
    refusals: list[str] = []
    pause = _FIRST_PAUSE_SECONDS
    while True:
        answer = await _send(session, body)
        if isinstance(answer, dict):
            return Offer(order["id"], due, time.monotonic(), answer["event_id"], refusals)
        refusals.append(answer)
        if time.monotonic() - due > plan.patience:
            return Offer(order["id"], due, None, None, refusals)
        await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  # spreads senders
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


async def _send(session: aiohttp.ClientSession, body: bytes) -> dict[str, str] | str:
    """What the system answered with 2xx, or what it came to instead."""
    request = signed_request(orders, body, secrets=os.environ[KEY])
    try:
        async with session.post(
            request.path, data=request.body, headers=dict(request.headers.items())
        ) as answer:
            if not answer.ok:
                return str(answer.status)
            return _ANSWER.validate_json(await answer.read())
    except (aiohttp.ClientError, TimeoutError) as trouble:
        return type(trouble).__name__


async def _run(plan: Orders, result: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, stop.set)  # who started us tells us to stop by closing it
    print("offering", flush=True)
    found = await offer_all(plan, stop)
    loop.remove_reader(sys.stdin)
    offers.write(result, found)


def main() -> None:
    """Offer what the command line says, and write into a file how it was answered."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("result", type=Path)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--per-second", type=float, required=True)
    parser.add_argument("--patience", type=float, required=True)
    parser.add_argument("--large-every", type=int, required=True)
    given = vars(parser.parse_args())
    result = given.pop("result")
    uvloop.run(_run(Orders(**given), result))


if __name__ == "__main__":
    main()
