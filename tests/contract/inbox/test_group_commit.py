"""Writes that come at once share a commit, and nobody else's trouble."""

import asyncio
from collections.abc import Sequence

import pytest

from layeron.adapters.database.group_commit import GroupCommit
from layeron.errors import DatabaseUnavailableError


class Disk:
    """Takes numbers while it is well: negative ones never."""

    def __init__(self) -> None:
        self.commits: list[Sequence[int]] = []
        self.well = True

    async def write(self, numbers: Sequence[int]) -> Sequence[int]:
        """Take them all, or none of them."""
        await asyncio.sleep(0.01)
        if not self.well:
            raise DatabaseUnavailableError("the disk is away.")
        if min(numbers) < 0:
            raise ValueError(f"no place for {min(numbers)}")
        self.commits.append(numbers)
        return [2 * each for each in numbers]


async def test_what_comes_while_another_is_written_is_written_together_in_its_order() -> None:
    disk = Disk()
    group = GroupCommit(disk.write, most=8)
    results = await asyncio.gather(*map(group.add, range(20)))
    assert results == [2 * each for each in range(20)]
    assert disk.commits == [[*range(8)], [*range(8, 16)], [*range(16, 20)]]
    assert await group.add(30) == 60


async def test_what_cannot_be_written_is_told_to_its_sender_alone() -> None:
    disk = Disk()
    group = GroupCommit(disk.write, most=8)
    first, bad, last = await asyncio.gather(*map(group.add, (1, -1, 2)), return_exceptions=True)
    assert (first, last) == (2, 4)
    assert isinstance(bad, ValueError)


async def test_nobody_waits_twice_for_a_disk_that_is_away() -> None:
    disk = Disk()
    disk.well = False
    group = GroupCommit(disk.write, most=2)
    told = await asyncio.gather(*map(group.add, range(5)), return_exceptions=True)
    assert {type(each) for each in told} == {DatabaseUnavailableError}
    disk.well = True
    assert await group.add(7) == 14


async def test_one_who_gives_up_keeps_nobody_else_waiting() -> None:
    group = GroupCommit(Disk().write, most=8)
    impatient, patient = (asyncio.create_task(group.add(each)) for each in (1, 2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 4
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_for_who_gave_up_waiting_nothing_is_written() -> None:
    disk = Disk()
    group = GroupCommit(disk.write, most=2)
    first, second, third = (asyncio.create_task(group.add(each)) for each in range(3))
    await asyncio.sleep(0)
    third.cancel()
    assert [await first, await second] == [0, 2]
    assert await group.add(9) == 18
    assert disk.commits == [[0, 1], [9]]
