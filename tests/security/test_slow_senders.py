"""Hundreds of connections that say a byte at a time: each ends, and others are served meanwhile."""

import asyncio
import json
from datetime import timedelta

from tests.api.sending import fresh
from tests.api.serving import connected, exchange, head, serving
from tests.support.service import Service
from tests.support.vendor import sign

SOON = timedelta(seconds=1)
MANY = 100
SAYING = {
    "nothing": b"",
    "a head": head("Content-Length: 2"),
    "a body": head("Content-Length: 1000") + b"x" * 900,
    "chunks": head("Transfer-Encoding: chunked") + b"1;x\r\nx\r\n" * 100,
    "a body for the API": head("Content-Length: 1000", path="/api/v1/keys") + b"x" * 900,
    "a form": head("Content-Length: 1000", path="/dashboard/login") + b"x" * 900,
}


async def dripping(address: str, data: bytes, whole: int) -> bool:
    """Whether the server ends a connection that says *whole* bytes and then one after the other."""
    async with connected(address) as connection:
        await connection.say(data[:whole])
        drip = asyncio.create_task(connection.drip(data[whole:]))
        ended = await connection.is_ended()
        await drip
        return ended


async def test_slow_senders_are_let_go_and_keep_nobody_waiting(service: Service) -> None:
    async with serving(service, receive_timeout=SOON) as address:
        slow = [
            asyncio.create_task(dripping(address, data, max(data.find(b"\r\n\r\n") + 4, 3)))
            if name != "a head"
            else asyncio.create_task(dripping(address, data, 0))
            for name, data in SAYING.items()
            for _ in range(MANY // len(SAYING))
        ]
        await asyncio.sleep(0)
        body = json.dumps(fresh()).encode()
        signed = head(f"X-Signature: {sign(body)}", f"Content-Length: {len(body)}") + body
        assert await exchange(address, signed) == 202
        assert not all(each.done() for each in slow)
        assert all(await asyncio.gather(*slow))
