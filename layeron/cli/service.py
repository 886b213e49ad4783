"""Reach the service's own modules, which travel inside the installed package."""

import asyncio
import importlib
import sys
from pathlib import Path

from layeron.logs import configure_logging
from layeron.settings import Settings


def run_service(module: str, function: str, settings: Settings) -> None:
    """Import one of ``api.main`` and ``worker``, and run its coroutine until it ends."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_service"
    folder = str(inside if inside.is_dir() else package.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    configure_logging(settings)
    run = getattr(importlib.import_module(module), function)
    asyncio.run(run(settings))
