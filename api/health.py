"""Liveness and readiness."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from layeron.errors import LayeronError

Check = Callable[[], Awaitable[None]]


def health_routes(checks: Mapping[str, Check], *, enough: Collection[str] = ()) -> list[Route]:
    """``/health/live``: the process answers. ``/health/ready``: events are accepted here.

    Args:
        checks: the parts it needs.
        enough: each of these alone suffices to accept events; while another part does not answer
            it is ready, but degraded. Without any, all parts are needed.
    """

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"})

    asking: asyncio.Task[list[str]] | None = None

    async def ready(_: Request) -> Response:
        nonlocal asking
        if asking is None or asking.done():
            # Anybody may ask: those who do at once share one answer, which costs every part a call.
            asking = asyncio.create_task(_ask_all(checks.values()))
        found = dict(zip(checks, await asyncio.shield(asking), strict=True))
        well = {name for name, state in found.items() if state == "ok"}
        status = "not ready"
        if len(well) == len(checks):
            status = "ready"
        elif well.intersection(enough):
            status = "degraded"
        code = 503 if status == "not ready" else 200
        return JSONResponse({"status": status, "parts": found}, status_code=code)

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
