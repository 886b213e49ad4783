"""Reach the service's own modules, which travel inside the installed package."""

import asyncio
import importlib
import logging
import os
import signal
import sys
from pathlib import Path

import uvloop

from layeron.logs import configure_logging
from layeron.settings import Settings, unknown_variables

logger = logging.getLogger("layeron")


def run_service(module: str, function: str, settings: Settings) -> None:
    """Import one of ``api.main`` and ``worker``, and run its coroutine until a signal comes."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_service"
    folder = str(inside if inside.is_dir() else package.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    configure_logging(settings)
    for name in unknown_variables(os.environ):
        logger.warning("%s is no setting; is it misspelt? docs/settings.md lists all", name)

    async def run() -> None:
        stop = _asked_to_stop()
        # Imported when signals are heard already, as it takes a second.
        service = getattr(importlib.import_module(module), function)
        await service(settings, stop)

    # Measured, it saves a tenth of what an event costs the API and the worker.
    uvloop.run(run())


def _asked_to_stop() -> asyncio.Event:
    """Set by SIGTERM, and by the first Ctrl-C; the second one ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def interrupted() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, interrupted)
    return stop
