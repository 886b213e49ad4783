"""A child process of ``layeron dev``."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_TETHER = Path(__file__).with_name("tether.py")


class Child:
    """Starts a command, restarts it, and ends it: politely first."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        self.name = name
        self._command = [sys.executable, "-I", str(_TETHER), *command]
        self._env = {**os.environ, **(env or {})}
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._started = asyncio.Event()
        self.stopping = False

    async def start(self) -> None:
        """Start the command in a session of its own: Ctrl-C reaches the supervisor alone."""
        sink = self._log.open("ab") if self._log else None
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env=self._env,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        finally:
            if sink:
                sink.close()
        self.stopping = False
        self._started.set()

    async def started(self) -> None:
        """Wait for the next start."""
        await self._started.wait()

    async def wait(self) -> int:
        """The exit code, when the command has ended."""
        code = await self._running().wait()
        self._started.clear()
        return code

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.returncode is None

    async def stop(self, patience: float = 30) -> None:
        """Ask it to end; make it end after *patience* seconds."""
        if not self.alive:
            return
        self.stopping = True
        process = self._running()
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(patience):
                await process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it at once."""
        process = self._running()
        process.kill()
        await process.wait()

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process
