"""The API process: composition root that hands the receiver and the routes their tools."""

import asyncio
import logging
import sys
from functools import partial

import uvicorn

from api.application import Front, build_api
from api.protocol import guarded
from layeron.adapters.metrics import open_metrics, scraped
from layeron.adapters.server import Server
from layeron.adapters.toolbox import open_toolbox
from layeron.adapters.tracing import exporting_traces
from layeron.gauging import read_gauges
from layeron.listening import address, listen
from layeron.loading import load_app
from layeron.measuring import announce, measured
from layeron.settings import Settings

logger = logging.getLogger("layeron.api")


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Serve until *stop* is set, then let begun requests end.

    Raises:
        ConfigurationError: the application or a setting is wrong, or the port is taken.
        UnavailableError: a part that is needed at the start does not answer.
    """
    app = load_app(settings.app)
    metrics = open_metrics(settings, "api")
    announce(app, metrics)
    async with (
        exporting_traces("layeron-api"),
        open_toolbox(settings) as plain,
        scraped(metrics, settings, partial(read_gauges, plain)),
    ):
        tools = measured(plain, app, metrics)
        await tools.check(app)
        front = build_api(app, tools, settings, metrics)
        with listen(settings.host, settings.port, "--port or LAYERON_PORT") as listener:
            host, port = listener.getsockname()[:2]
            logger.info("the API listens on %s", address(host, port))
            server = Server(server_config(front, settings))
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            stopping = asyncio.create_task(stop.wait())
            async with front.draining():
                await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
                logger.info("the API stops when begun requests have ended")
                server.should_exit = True
                await serving
        await front.close()


def server_config(front: Front, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the API."""
    return uvicorn.Config(
        front,
        host=settings.host,
        port=settings.port,
        http=guarded(settings.receive_timeout.total_seconds()),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=int(settings.drain_timeout.total_seconds()),
    )


if __name__ == "__main__":
    from layeron.cli.main import main

    main(["serve", *sys.argv[1:]])
