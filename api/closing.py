"""Answer before a request has come whole, so that the answer still arrives."""

import asyncio
from contextlib import suppress

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS = 2


async def send_and_close(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send *response*, then take a while what is still being sent to us, then close.

    A connection that is closed while data arrives is reset, and an answer on its way is lost.

    Args:
        response: has ``connection: close`` and a length, so its receiver knows when it is whole.
        scope: of the request.
        receive: gives the rest of the request.
        send: takes the answer.
    """

    async def send_unfinished(message: Message) -> None:
        is_body = message["type"] == "http.response.body"
        await send({**message, "more_body": True} if is_body else message)

    await response(scope, receive, send_unfinished)
    with suppress(TimeoutError):
        async with asyncio.timeout(_SECONDS):
            while (await receive()).get("more_body"):
                pass
    await send({"type": "http.response.body", "body": b"", "more_body": False})


class ClosingResponse(Response):
    """A response that is given by `send_and_close`."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self._response = response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and close the connection."""
        await send_and_close(self._response, scope, receive, send)


class Unhurried:
    """An application whose answers arrive although their requests have not come whole.

    The connection is closed only if the rest does not come within a moment.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        names = {name for name, _ in scope.get("headers", ())}
        if names.isdisjoint({b"content-length", b"transfer-encoding"}):
            await self._app(scope, receive, send)
            return
        whole = False

        async def take() -> Message:
            nonlocal whole
            message = await receive()
            whole = not message.get("more_body", False)
            return message

        async def rest() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_SECONDS):
                    while not whole:
                        await take()

        async def give(message: Message) -> None:
            if whole or message["type"] != "http.response.body" or message.get("more_body"):
                await send(message)
                return
            await send({**message, "more_body": True})
            await rest()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self._app(scope, take, give)
