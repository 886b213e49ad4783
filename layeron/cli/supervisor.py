"""Starts engine, API and worker, keeps them running, and ends them in order."""

import asyncio
import contextlib
import shlex
import signal
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import typer
import watchfiles

from layeron.adapters.temporal.embedded import server_command, wait_until_ready, wait_until_worked
from layeron.cli.banner import banner
from layeron.cli.check import AnyDeclared, declared_by
from layeron.cli.plan import NAMESPACE, Plan
from layeron.cli.process import OURSELVES, Child
from layeron.errors import LayeronError
from layeron.local import LocalService
from layeron.settings import Settings

_READY_SECONDS = 60
_LIVED_SECONDS = 5
_LONGEST_PAUSE_SECONDS = 30
_ENGINE_STOP_SECONDS = 10

T = TypeVar("T")


class _NotStartedError(LayeronError):
    """A process ended, or was not ready in time, when it was started."""


class Supervisor:
    """The foreground process of ``layeron dev``."""

    def __init__(self, plan: Plan, settings: Settings) -> None:
        self._plan = plan
        self._settings = settings
        self._log = plan.folder / "temporal.log"
        command = server_command(
            plan.folder / "temporal.db",
            host="127.0.0.1",
            port=plan.temporal_port,
            ui_port=plan.ui_port,
        )
        self._engine = Child("engine", command, log=self._log)
        self._api = Child("API", [*OURSELVES, "serve"], env=plan.environment)
        self._worker = Child("worker", [*OURSELVES, "worker"], env=plan.environment)
        self._children = (self._engine, self._api, self._worker)
        self._stop = asyncio.Event()

    async def run(self, trigger: str | None, *, reload: bool) -> int:
        """Run until Ctrl-C, or until the start fails; the exit code."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self._ask_to_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup sets it
            loop.add_signal_handler(signal.SIGHUP, self._ask_to_stop)
        running = asyncio.create_task(self._run(trigger, reload=reload))
        asked = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
            return running.result() if running.done() else 0
        finally:
            for task in (running, asked):
                task.cancel()
            await asyncio.gather(running, asked, return_exceptions=True)
            await self._end()

    def _ask_to_stop(self) -> None:
        """Stop in order; asked again, at once."""
        if self._stop.is_set():
            for each in self._children:
                each.kill_now()
        self._stop.set()

    async def _end(self) -> None:
        if not self._stop.is_set():  # the start failed: nothing is worth waiting for
            await asyncio.gather(*(each.kill() for each in self._children))
            return
        _say("\nstopping (Ctrl-C again: at once)")
        patience = self._plan.drain_seconds + _LIVED_SECONDS
        await asyncio.gather(self._api.stop(patience), self._worker.stop(patience))
        await self._engine.stop(_ENGINE_STOP_SECONDS)
        _say(f"stopped; the data is kept in {self._plan.folder}")

    async def _run(self, trigger: str | None, *, reload: bool) -> int:
        webhooks = await self._start()
        if webhooks is None:
            return 1
        for line in banner(self._plan, webhooks):
            _say(line)
        minding: list[Coroutine[Any, Any, None]] = [self._mind(each) for each in self._children]
        if reload:
            minding.append(self._reload_on_change())
        if trigger:
            minding.append(self._trigger(trigger))
        await asyncio.gather(*minding)
        return 0

    async def _start(self) -> Sequence[AnyDeclared] | None:
        """Start everything; None if the application cannot start, which was said then."""
        plan = self._plan
        await self._engine.start()
        webhooks, key = await asyncio.gather(
            declared_by(plan.environment),
            asyncio.to_thread(self._prepare_database),
        )
        if webhooks is None:
            return None
        LocalService(plan.url, key, plan.app, str(plan.here), plan.temporal_ui).save(plan.folder)
        await self._while_alive(wait_until_ready(plan.temporal, NAMESPACE), self._engine)
        await asyncio.gather(self._api.start(), self._worker.start())
        await self._while_alive(self._until_ready(), *self._children)
        return webhooks

    def _prepare_database(self) -> str:
        # Loaded here, while the other processes start, as it takes as long as they do.
        from layeron.cli.records import prepare_database  # noqa: PLC0415

        return prepare_database(self._settings)

    async def _until_ready(self) -> None:
        """Wait until the API takes events and the worker asks for them."""
        plan = self._plan
        try:
            async with asyncio.timeout(_READY_SECONDS), httpx2.AsyncClient(trust_env=False) as http:
                while not await _is_ready(http, plan.url):  # noqa: ASYNC110  # it is a server
                    await asyncio.sleep(0.05)
                await wait_until_worked(plan.temporal, NAMESPACE, plan.task_queue, self._worker.pid)
        except TimeoutError:
            raise _NotStartedError(
                f"API and worker are not ready after {_READY_SECONDS} s; see the lines above."
            ) from None

    async def _while_alive(self, doing: Coroutine[Any, Any, T], *children: Child) -> T:
        """What *doing* gives, unless one of these processes ends before.

        Raises:
            _NotStartedError: one did.
        """
        task = asyncio.create_task(doing)
        ends = {asyncio.create_task(each.wait()): each for each in children}
        try:
            await asyncio.wait({task, *ends}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            ended = next(child for end, child in ends.items() if end.done())
            reason = _last_line(self._log) if ended is self._engine else "the reason is above"
            raise _NotStartedError(f"the {ended.name} did not start: {reason}")
        finally:
            for each in (task, *ends):
                each.cancel()

    async def _mind(self, child: Child) -> None:
        """Start a process again that ended by itself; later and later if it ends at once."""
        clock = asyncio.get_running_loop().time
        pause = 0
        while True:
            code = await child.wait()
            lived = clock() - child.began
            pause = 0 if lived > _LIVED_SECONDS else min(max(2 * pause, 1), _LONGEST_PAUSE_SECONDS)
            when = f" in {pause} s" if pause else ""
            _say(f"the {child.name} {_how(code)}; it is started again{when}", err=True)
            await asyncio.sleep(pause)
            await child.start()

    async def _reload_on_change(self) -> None:
        plan = self._plan
        python = watchfiles.PythonFilter(ignore_paths=[plan.folder])
        watching = watchfiles.awatch(  # pyright: ignore[reportUnknownMemberType]  # it names trio
            plan.code, watch_filter=python, stop_event=self._stop, raise_interrupt=False
        )
        async for changes in watching:
            names = ", ".join(sorted({Path(path).name for _, path in changes}))
            if await declared_by(plan.environment) is None:
                _say(f"{names} changed and cannot start; what ran before runs on", err=True)
                continue
            _say(f"{names} changed: API and worker start again")
            patience = plan.drain_seconds + _LIVED_SECONDS
            await asyncio.gather(self._api.restart(patience), self._worker.restart(patience))
            try:
                await self._while_alive(self._until_ready(), self._api, self._worker)
            except _NotStartedError as error:
                _say(f"layeron: {error}", err=True)
            else:
                _say("the changed code runs")

    async def _trigger(self, trigger: str) -> None:
        """Send one event and show its life, in a process of its own: it loads the user's code."""
        words = [*shlex.split(trigger), "--url", self._plan.url]
        child = Child("trigger", [*OURSELVES, "trigger", *words], env=self._plan.environment)
        await child.start()
        try:
            await child.wait()
        finally:
            child.kill_now()


def _say(text: str, *, err: bool = False) -> None:
    """Tell the user; a terminal that was closed must not keep us from ending in order."""
    with contextlib.suppress(OSError):
        typer.echo(text, err=err)


async def _is_ready(http: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(f"{url}/health/ready")).is_success
    except httpx2.TransportError:
        return False


def _how(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    said = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
    return f"{said} (see {log})"
