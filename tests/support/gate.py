"""A port in front of a server, which may be shut, frozen, slowed or open while clients use it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from tests.support.temporal import free_port

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Gate:
    """Passes connections on to a server, at ``host:port`` or at the path of a Unix socket.

    Shut, it refuses connections and breaks off those it has. Frozen, it takes everything and
    gives nothing on, in both directions or only back to the clients. Guarded, somebody else
    answers.

    Attributes:
        delay: seconds that everything is held up on its way, in each direction.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._port = free_port()
        self.delay = 0.0
        self._forth, self._back = asyncio.Event(), asyncio.Event()
        self._listener: asyncio.Server | None = None
        self._answer: Answer | None = None
        self._pumps: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """Where clients connect, ``host:port``."""
        return f"127.0.0.1:{self._port}"

    async def open(self) -> None:
        """Pass everything on, also what was held."""
        self._forth.set()
        self._back.set()
        self._answer = None
        if self._listener is None:
            self._listener = await asyncio.start_server(self._meet, "127.0.0.1", self._port)

    async def freeze(self, *, only_answers: bool = False) -> None:
        """Take what clients send and answer nothing; what is held is passed on when it opens."""
        await self.open()
        self._back.clear()
        if not only_answers:
            self._forth.clear()

    async def guard(self, answer: Answer) -> None:
        """Break off all connections, and let *answer* deal with new ones until it opens."""
        await self.shut()
        await self.open()
        self._answer = answer

    async def shut(self) -> None:
        """Refuse connections."""
        if self._listener is None:
            return
        self._listener.close()
        for each in self._pumps:
            each.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        await self._listener.wait_closed()
        self._listener = None

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pumps.add(task)
        task.add_done_callback(self._pumps.discard)
        with suppress(asyncio.CancelledError):  # it was shut
            try:
                if self._answer is None:
                    await self._pass_on(reader, writer)
                else:
                    await self._answer(reader, writer)
            except* (OSError, EOFError):
                pass  # either side may go at any time
            finally:
                writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, _, port = self._server.rpartition(":")
        back, forth = (
            await asyncio.open_connection(host, int(port))
            if host
            else await asyncio.open_unix_connection(self._server)
        )
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, forth, self._forth))
                both.create_task(self._pump(back, writer, self._back))
        finally:
            forth.transport.abort()
            writer.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passing: asyncio.Event
    ) -> None:
        while chunk := await reader.read(2**16):
            await passing.wait()
            await asyncio.sleep(self.delay)
            writer.write(chunk)
            await writer.drain()
        raise ConnectionResetError  # one side went: so does the other


@asynccontextmanager
async def gate_before(server: str) -> AsyncGenerator[Gate]:
    """An open gate before the server at ``host:port``, or at a Unix socket."""
    gate = Gate(server)
    await gate.open()
    try:
        yield gate
    finally:
        await gate.shut()
