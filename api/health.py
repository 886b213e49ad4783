"""Liveness and readiness."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from layeron.errors import LayeronError

Check = Callable[[], Awaitable[None]]


def health_routes(checks: Mapping[str, Check]) -> list[Route]:
    """``/health/live``: the process answers. ``/health/ready``: all that it needs answers, too."""

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"})

    asking: asyncio.Task[list[str]] | None = None

    async def ready(_: Request) -> Response:
        nonlocal asking
        if asking is None or asking.done():
            # Anybody may ask: those who do at once share one answer, which costs every part a call.
            asking = asyncio.create_task(_ask_all(checks.values()))
        found = dict(zip(checks, await asyncio.shield(asking), strict=True))
        fine = all(state == "ok" for state in found.values())
        answer = {"status": "ready" if fine else "not ready", "parts": found}
        return JSONResponse(answer, status_code=200 if fine else 503)

    return [
        Route("/health/live", live, methods=["GET"]),
        Route("/health/ready", ready, methods=["GET"]),
    ]


async def _ask_all(checks: Iterable[Check]) -> list[str]:
    return await asyncio.gather(*map(_ask, checks))


async def _ask(check: Check) -> str:
    try:
        await check()
    except LayeronError as trouble:
        return type(trouble).__name__.removesuffix("Error")
    return "ok"
