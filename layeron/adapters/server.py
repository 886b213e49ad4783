"""The HTTP server of every process that has one."""

from collections.abc import Generator
from contextlib import contextmanager

import uvicorn


class Server(uvicorn.Server):
    """Leaves signals to its caller, who sets ``should_exit``."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none: uvicorn would raise them again before anything else is closed."""
        yield
