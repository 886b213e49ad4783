"""Handlers of every kind are called as they were declared."""

import contextvars
import functools
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from layeron import Context, Event
from layeron.answer import Answer
from tests.activities.attempting import attempts_at

caller: contextvars.ContextVar[str] = contextvars.ContextVar("caller")


def plain(event: Event) -> str:
    return event.id


def plain_with_context(event: Event, ctx: Context) -> str:
    return f"{event.id} {ctx.attempt} {ctx.idempotency_key}"


async def awaited(event: Event) -> str:
    return event.id


async def awaited_with_context(event: Event, ctx: Context) -> str:
    return f"{event.id} {ctx.attempt} {ctx.idempotency_key}"


def gives_an_awaitable(event: Event) -> Awaitable[str]:
    return awaited(event)


def with_an_option(event: Event, retries: int = 3) -> str:
    return event.id * (retries == 3)


class Plain:
    def __call__(self, event: Event) -> str:
        return event.id

    async def method(self, event: Event) -> str:
        return event.id


class Awaited:
    async def __call__(self, event: Event) -> str:
        return event.id


@pytest.mark.parametrize(
    ("handler", "answer"),
    [
        (plain, "{id}"),
        (plain_with_context, "{id} 2 {id}"),
        (awaited, "{id}"),
        (awaited_with_context, "{id} 2 {id}"),
        (gives_an_awaitable, "{id}"),
        (with_an_option, "{id}"),
        (Plain(), "{id}"),
        (Plain().method, "{id}"),
        (Awaited(), "{id}"),
        (functools.partial(plain_with_context), "{id} 2 {id}"),
        (functools.partial(awaited), "{id}"),
    ],
)
async def test_a_handler_of_any_kind_gets_its_event_and_gives_its_answer(
    tmp_path: Path, handler: Callable[..., Any], answer: str
) -> None:
    async with attempts_at(tmp_path, handler) as attempts:
        handled = await attempts.make(2, wants_answer=True)
    expected = answer.format(id=attempts.event.event_id)
    assert handled.status == "succeeded"
    assert Answer.from_json(handled.response).body == expected.encode()


async def test_a_plain_handler_runs_in_a_thread_with_the_context_of_its_attempt(
    tmp_path: Path,
) -> None:
    seen: list[tuple[bool, str]] = []

    def handle(_: Event) -> None:
        seen.append((threading.current_thread() is threading.main_thread(), caller.get()))

    caller.set("the attempt")
    async with attempts_at(tmp_path, handle) as attempts:
        await attempts.make()
    assert seen == [(False, "the attempt")]


async def test_a_handler_sees_what_was_received(tmp_path: Path) -> None:
    seen: list[Event] = []
    async with attempts_at(tmp_path, seen.append, {"amount": 7}) as attempts:
        await attempts.make(3)
    (event,) = seen
    assert event.payload == {"amount": 7}
    assert event.raw_body == b'{"amount": 7}'
    assert event.headers["Content-Type"] == "application/json"
    assert (event.event_type, event.attempt, event.replay_of) == ("order.created", 3, None)


async def test_an_attempt_that_succeeded_is_not_made_again(tmp_path: Path) -> None:
    """The engine repeats an activity whose answer it did not get."""
    seen: list[Event] = []

    def handle(event: Event) -> str:
        seen.append(event)
        return "done"

    async with attempts_at(tmp_path, handle) as attempts:
        first = await attempts.make(wants_answer=True)
        assert await attempts.make(wants_answer=True) == first
        assert await attempts.make(2, wants_answer=True) == first
        assert len(await attempts.recorded()) == 1
    assert len(seen) == 1


async def test_attempts_are_counted_on_from_those_of_activities_before(tmp_path: Path) -> None:
    async with attempts_at(tmp_path, plain) as attempts:
        await attempts.make(2, attempts_used=3)
        assert [(each.number, each.outcome) for each in await attempts.recorded()] == [
            (1, "interrupted"),
            (2, "interrupted"),
            (3, "interrupted"),
            (4, "interrupted"),
            (5, "succeeded"),
        ]
