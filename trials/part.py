"""A process of the system on trial, which is started again whenever it ends."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from layeron.cli.process import Child

_PAUSE_SECONDS = 1.0
_STOP_SECONDS = 10.0


class Part:
    """Runs a command as systemd or Kubernetes does: whatever ends it, it begins again.

    Attributes:
        name: what it is, for people.
        deaths: how often it has ended by itself, and was started again.
    """

    def __init__(
        self, name: str, command: Sequence[str], *, env: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.deaths = 0
        self._child = Child(name, command, env=env, log=log)
        self._minding: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it, and from now on each time it has ended."""
        await self._child.start()
        self._minding = asyncio.create_task(self._mind())

    async def stop(self) -> None:
        """End it for good."""
        if self._minding is not None:
            self._minding.cancel()
            await asyncio.gather(self._minding, return_exceptions=True)
        self.thaw()
        await self._child.stop(_STOP_SECONDS)

    async def restart(self) -> None:
        """End it in order and start it, as a deployment does."""
        await self._child.restart(_STOP_SECONDS)

    def kill(self) -> None:
        """``kill -9``, together with the processes that it has started."""
        self._send(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it neither run nor answer, as if its network were cut."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._send(signal.SIGCONT)

    def processes(self) -> list[psutil.Process]:
        """It and those that it has started, as far as they live."""
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self._child.pid)
            return [process, *process.children(recursive=True)]
        return []

    def _send(self, signal_: signal.Signals) -> None:
        if not self._child.alive:
            return
        for each in self.processes():
            with suppress(ProcessLookupError):
                os.kill(each.pid, signal_)

    async def _mind(self) -> None:
        while True:
            await self._child.wait()
            self.deaths += 1
            await asyncio.sleep(_PAUSE_SECONDS)
            await self._child.start()
