"""A customer's server: a real HTTP receiver on loopback that answers what a test wants."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

import uvicorn
from starlette.requests import Request as HTTPRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from layeron.adapters.server import Server
from layeron.listening import listen
from layeron.request import Request, headers_of

Answer: TypeAlias = int | Response
Answering: TypeAlias = Callable[[Request], Answer | Awaitable[Answer]]


def always(answer: Answer) -> Answering:
    return lambda _: answer


def in_turn(*answers: Answer) -> Answering:
    """Each of these once, and then the last one for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def behind(gate: asyncio.Event, answer: Answer) -> Answering:
    """This, to every request, but not before the gate is open."""

    async def wait(_: Request) -> Answer:
        await gate.wait()
        return answer

    return wait


_WELL = always(200)


@dataclass
class Customer:
    """The server and what it was sent."""

    answering: Answering
    url: str = ""
    requests: list[Request] = field(default_factory=list[Request])
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def bodies(self) -> list[bytes]:
        return [each.body for each in self.requests]

    def ids(self) -> list[str]:
        """The event ids, in the order in which requests came."""
        return [each.headers["webhook-id"] for each in self.requests]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = HTTPRequest(scope, receive, send)
        request = Request(
            received.method,
            str(received.url),
            received.url.path,
            received.url.query,
            headers_of((name.decode(), value.decode()) for name, value in scope["headers"]),
            await received.body(),
        )
        self.requests.append(request)
        self.begun.set()
        answer = self.answering(request)
        if isinstance(answer, Awaitable):
            answer = await answer
        response = Response(status_code=answer) if isinstance(answer, int) else answer
        await response(scope, receive, send)


@asynccontextmanager
async def running_customer(answering: Answering = _WELL) -> AsyncGenerator[Customer]:
    customer = Customer(answering)
    config = uvicorn.Config(
        customer, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=0
    )
    with listen("127.0.0.1", 0, "the test's port") as listener:
        customer.url = f"http://127.0.0.1:{listener.getsockname()[1]}/hooks"
        server = Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield customer
        finally:
            server.should_exit = True
            await serving
