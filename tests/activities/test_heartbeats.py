"""A long handler is known to be alive."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layeron import Context, Event
from tests.activities.attempting import attempts_at


async def awaits(_: Event) -> None:
    await asyncio.sleep(0.3)


def blocks_its_thread(_: Event) -> None:
    time.sleep(0.3)


@pytest.mark.parametrize("handler", [awaits, blocks_its_thread])
async def test_the_worker_beats_for_a_handler_while_it_runs_and_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handler: Callable[..., Any]
) -> None:
    monkeypatch.setattr("activities.heartbeat._EVERY_SECONDS", 0.01)
    async with attempts_at(tmp_path, handler) as attempts:
        await attempts.make()
        beats = attempts.beats
        await asyncio.sleep(0.1)
        assert attempts.beats == beats > 1


async def test_the_worker_beats_while_a_slow_disk_takes_the_body(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats_before: list[int] = []

    def handle(_: Event) -> None:
        beats_before.append(attempts.beats)

    def take_long(_: int) -> None:
        time.sleep(0.3)

    async with attempts_at(tmp_path, handle) as attempts:
        monkeypatch.setattr("activities.heartbeat._EVERY_SECONDS", 0.01)
        monkeypatch.setattr("os.fsync", take_long)
        await attempts.make()
    assert beats_before[0] > 1


async def test_a_handler_may_beat_itself_from_its_thread(tmp_path: Path) -> None:
    def beat_twice(_: Event, ctx: Context) -> None:
        ctx.heartbeat()
        ctx.heartbeat()

    async with attempts_at(tmp_path, beat_twice) as attempts:
        await attempts.make()
        assert attempts.beats == 2
