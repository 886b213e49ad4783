"""A child process of ``layeron dev``."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# Without the working directory on Python's path: a module there must not hide one of ours.
OURSELVES = (sys.executable, "-P", "-m", "layeron")
_TETHER = Path(__file__).with_name("tether.py")


class Child:
    """Starts a command, starts it again, and ends it: politely first.

    Attributes:
        began: when it was started last, by the event loop's clock.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        self.name = name
        self.began = 0.0
        self._command = [sys.executable, "-I", str(_TETHER), str(os.getpid()), *command]
        self._env = os.environ if env is None else env
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._changing = asyncio.Lock()

    async def start(self) -> None:
        """Start the command, if it does not run."""
        async with self._changing:
            await self._start()

    async def restart(self, patience: float) -> None:
        """Stop the command as `stop` does, and start it."""
        async with self._changing:
            await self._stop(patience)
            await self._start()

    async def stop(self, patience: float) -> None:
        """Ask it to end; make it end after *patience* seconds."""
        async with self._changing:
            await self._stop(patience)

    async def kill(self) -> None:
        """End it at once."""
        self.kill_now()
        if self._process is not None:
            await self._process.wait()

    def kill_now(self) -> None:
        """End it, without waiting for its end."""
        if self.alive:
            self._running().kill()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """Of the process that was started last."""
        return self._running().pid

    async def wait(self) -> int:
        """Its exit code, when the command has ended without being asked to by `restart`."""
        while True:
            process = self._running()
            code = await process.wait()
            async with self._changing:
                if process is self._process:
                    return code

    async def _start(self) -> None:
        if self.alive:
            return
        sink = self._log.open("ab") if self._log else None
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env=self._env,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                # A session of its own: Ctrl-C reaches the supervisor alone.
                start_new_session=True,
            )
        finally:
            if sink:
                sink.close()
        self.began = asyncio.get_running_loop().time()

    async def _stop(self, patience: float) -> None:
        if not self.alive:
            return
        process = self._running()
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(patience):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process
