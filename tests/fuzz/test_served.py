"""The whole HTTP side over raw connections: no bytes make it fail, and none keep it from others."""

import asyncio
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.serving import connected, exchange, head
from tests.fuzz.conftest import Fuzzed
from tests.fuzz.inputs import SEEDS, requests, thorough

AT_ONCE = 8
LAST = head("Connection: close", method="GET", path="/health/live")
"""What follows a request, so that its connection ends as soon as it has been answered."""


async def statuses(fuzzed: Fuzzed, data: bytes) -> list[int]:
    """Of all answers; a connection that says nothing more after them is left."""
    async with connected(fuzzed.address) as connection:
        await connection.say(fuzzed.opened(data) + LAST)
        told = bytearray()
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(5):
                while chunk := await connection.reader.read(2**16):
                    told += chunk
    return [int(each) for each in re.findall(rb"(?m)^HTTP/1\.1 (\d{3}) ", told)]


async def assail(fuzzed: Fuzzed, data: bytes) -> None:
    found = await statuses(fuzzed, data)
    assert all(each < 500 for each in found), found
    told = [*fuzzed.errors]
    fuzzed.errors.clear()
    assert told == []


@pytest.mark.parametrize("name", SEEDS)
async def test_no_request_of_the_corpus_makes_the_service_fail(fuzzed: Fuzzed, name: str) -> None:
    await assail(fuzzed, SEEDS[name])


@thorough
@given(several=st.lists(requests(), min_size=AT_ONCE, max_size=AT_ONCE))
async def test_no_change_of_the_corpus_makes_the_service_fail(
    fuzzed: Fuzzed, several: list[bytes]
) -> None:
    await asyncio.gather(*(assail(fuzzed, each) for each in several))
    assert await exchange(fuzzed.address, LAST) == 200


async def test_the_corpus_comes_in_where_it_has_the_keys(fuzzed: Fuzzed) -> None:
    inside = {name: (await statuses(fuzzed, SEEDS[name]))[0] for name in SEEDS}
    assert inside["signed"] == inside["signed-form"] == inside["gzip"] == 202
    assert inside["api-events"] == inside["api-overview"] == inside["page-overview"] == 200
    assert inside["api-key"] == 201
    assert inside["form-key"] in {200, 303}
    assert inside["form-dead-letters"] == 303
    assert {inside["two-hosts"], inside["two-lengths"], inside["length-and-chunks"]} == {400}
