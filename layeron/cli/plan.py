"""What ``layeron dev`` runs, and where."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from layeron.listening import address

NAMESPACE = "default"


@dataclass(frozen=True, slots=True)
class Plan:
    """What runs where.

    Attributes:
        app: the reference of the application, with an absolute path where it is a file.
        folder: the data folder.
        here: the folder the command was started in.
        task_queue: of the worker.
        drain_seconds: how long a stopping worker or API may take for what it has begun.
    """

    app: str
    folder: Path
    here: Path
    host: str
    port: int
    temporal_port: int
    ui_port: int
    task_queue: str
    drain_seconds: float

    @property
    def url(self) -> str:
        """Where the API is reached from this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  # compared, not bound
        return address(host, self.port)

    @property
    def temporal(self) -> str:
        """Where Temporal is reached."""
        return f"127.0.0.1:{self.temporal_port}"

    @property
    def temporal_ui(self) -> str:
        """The Temporal web UI, at our namespace."""
        return f"http://127.0.0.1:{self.ui_port}/namespaces/{NAMESPACE}"

    @property
    def code(self) -> Path:
        """The folder whose Python files are the application."""
        place = self.app.partition(":")[0]
        return Path(place).parent if place.endswith(".py") else self.here

    @property
    def environment(self) -> Mapping[str, str]:
        """What the processes of the application see."""
        # Settings for a Temporal elsewhere, and profiles of it, are not for the one we start.
        ours = {name: value for name, value in os.environ.items() if not _is_temporal(name)}
        return ours | {
            "TEMPORAL_CONFIG_FILE": os.devnull,
            "LAYERON_APP": self.app,
            "LAYERON_DATA_DIR": str(self.folder),
            "LAYERON_HOST": self.host,
            "LAYERON_PORT": str(self.port),
            "LAYERON_TEMPORAL_ADDRESS": self.temporal,
            "LAYERON_TEMPORAL_NAMESPACE": NAMESPACE,
            "LAYERON_TEMPORAL_UI": self.temporal_ui,
            "LAYERON_DRAIN_TIMEOUT": f"{self.drain_seconds:.0f}s",
        }


def _is_temporal(variable: str) -> bool:
    return variable.startswith("TEMPORAL_")
