"""Starts engine, API and worker, keeps them running, and ends them in order."""

import asyncio
import signal
import sys
from pathlib import Path

import httpx2
import typer
import watchfiles

from layeron.adapters.database import open_record_store, upgrade
from layeron.adapters.temporal.embedded import server_command, wait_until_ready
from layeron.cli.life import send_and_follow
from layeron.cli.plan import Plan
from layeron.cli.process import Child
from layeron.errors import LayeronError
from layeron.keys import key_matches, new_key, split_key
from layeron.local import LocalService
from layeron.settings import Settings

_READY_SECONDS = 60
_CRASHED_AT_START_SECONDS = 5


class Supervisor:
    """The foreground process of ``layeron dev``."""

    def __init__(self, plan: Plan, settings: Settings) -> None:
        self._plan = plan
        self._database_url = settings.effective_database_url
        ourselves = [sys.executable, "-m", "layeron"]
        command = server_command(
            plan.folder / "temporal.db",
            host="127.0.0.1",
            port=plan.temporal_port,
            ui_port=plan.ui_port,
        )
        self._engine = Child("engine", command, log=plan.folder / "temporal.log")
        self._api = Child("API", [*ourselves, "serve"], env=plan.environment)
        self._worker = Child("worker", [*ourselves, "worker"], env=plan.environment)
        self._stop = asyncio.Event()

    async def run(self, trigger: str | None, *, reload: bool) -> int:
        """Run until Ctrl-C, or until the start fails; the exit code."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self._stop.set)
        running = asyncio.create_task(self._run(trigger, reload=reload))
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
            return running.result() if running.done() else 0
        finally:
            self._stop.set()
            for task in (running, stopped):
                task.cancel()
            await asyncio.gather(running, stopped, return_exceptions=True)
            await asyncio.gather(self._api.stop(), self._worker.stop())
            await self._engine.stop()
            typer.echo(f"stopped; the data is kept in {self._plan.folder}")

    async def _run(self, trigger: str | None, *, reload: bool) -> int:
        await self._engine.start()
        await asyncio.to_thread(upgrade, self._database_url)
        key = await self._local_key()
        plan = self._plan
        LocalService(plan.url, key, plan.app, str(Path.cwd()), plan.temporal_ui).save(plan.folder)
        await wait_until_ready(self._plan.temporal, "default")
        await asyncio.gather(self._api.start(), self._worker.start())
        if not await self._is_ready():
            return 1
        self._say_what_runs()
        minding = [self._mind(each) for each in (self._engine, self._api, self._worker)]
        if reload:
            minding.append(self._reload_on_change())
        if trigger:
            minding.append(self._show_one_event(trigger))
        await asyncio.gather(*minding)
        return 0

    async def _is_ready(self) -> bool:
        """Wait for the API; False if it or the worker ends instead, having said why."""
        async with httpx2.AsyncClient(base_url=self._plan.url, trust_env=False) as http:
            for _ in range(_READY_SECONDS * 10):
                if not (self._api.alive and self._worker.alive):
                    return False
                try:
                    if (await http.get("/health/ready")).is_success:
                        return True
                except httpx2.TransportError:
                    pass
                await asyncio.sleep(0.1)
        typer.echo(f"layeron: not ready after {_READY_SECONDS} s; see the lines above.", err=True)
        return False

    def _say_what_runs(self) -> None:
        plan = self._plan
        typer.echo(
            f"\n  webhooks and API  {plan.url}"
            f"\n  Temporal UI       {plan.temporal_ui}/workflows"
            f"\n  data              {plan.folder}"
            "\n\n  in another terminal: layeron trigger stripe invoice.paid   layeron events list"
            "\n  Ctrl-C stops it; the next start finds its data again.\n"
        )

    async def _show_one_event(self, trigger: str) -> None:
        provider, _, event_type = trigger.partition(" ")
        try:
            await send_and_follow(provider, event_type.strip() or None, data_dir=self._plan.folder)
        except LayeronError as error:
            typer.echo(f"layeron: {error}", err=True)

    async def _mind(self, child: Child) -> None:
        """Start a process again that ended by itself."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            code = await child.wait()
            if child.stopping:
                await child.started()
                continue
            if loop.time() - began < _CRASHED_AT_START_SECONDS and child is not self._engine:
                typer.echo(f"the {child.name} did not start; change the code and it is tried again")
                await child.started()
                continue
            typer.echo(f"the {child.name} ended with code {code}; it is started again")
            await child.start()

    async def _reload_on_change(self) -> None:
        place = self._plan.app.partition(":")[0]
        folder = Path(place).parent if place.endswith(".py") else Path.cwd()
        ignored = watchfiles.PythonFilter(ignore_paths=[self._plan.folder])
        async for changes in watchfiles.awatch(
            folder, watch_filter=ignored, stop_event=self._stop, raise_interrupt=False
        ):
            names = ", ".join(sorted(Path(path).name for _, path in changes))
            typer.echo(f"{names} changed: API and worker start again")
            await asyncio.gather(self._api.stop(), self._worker.stop())
            await asyncio.gather(self._api.start(), self._worker.start())

    async def _local_key(self) -> str:
        """The key for this machine's command line: the one of the last start, if it still works."""
        known = LocalService.of(self._plan.folder).key
        records = open_record_store(self._database_url)
        try:
            parts = split_key(known) if known else None
            if known and parts and key_matches(await records.find_key(parts[0]), parts[1]):
                return known
            record, text = new_key("layeron dev")
            await records.add_key(record)
            return text
        finally:
            await records.close()
