"""The API process: composition root that hands the receiver and the routes their tools."""

import asyncio
import sys

import uvicorn

from api.application import Front, build_api
from api.protocol import guarded
from layeron.adapters.toolbox import open_toolbox
from layeron.errors import LayeronError
from layeron.loading import load_app
from layeron.logs import configure_logging
from layeron.settings import Settings, load_settings


async def serve(settings: Settings) -> None:
    """Serve until the process is asked to stop, then let begun requests end.

    Raises:
        ConfigurationError: the application or a setting is wrong.
        UnavailableError: a part that is needed at the start does not answer.
    """
    app = load_app(settings.app)
    async with open_toolbox(settings) as tools:
        await tools.check(app)
        front = build_api(app, tools, settings)
        await uvicorn.Server(server_config(front, settings)).serve()
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


def main() -> None:
    """Serve by the environment's settings."""
    try:
        settings = load_settings()
        configure_logging(settings)
        asyncio.run(serve(settings))
    except LayeronError as error:
        sys.exit(f"layeron: {error}")


if __name__ == "__main__":
    main()
