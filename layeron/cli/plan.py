"""What ``layeron dev`` runs, and where."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Plan:
    """What runs where."""

    app: str
    folder: Path
    host: str
    port: int
    temporal_port: int
    ui_port: int

    @property
    def url(self) -> str:
        """Where the API is reached from this machine."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  # compared, not bound
        return f"http://{host}:{self.port}"

    @property
    def temporal(self) -> str:
        """Where Temporal is reached."""
        return f"127.0.0.1:{self.temporal_port}"

    @property
    def temporal_ui(self) -> str:
        """The Temporal web UI, at our namespace."""
        return f"http://127.0.0.1:{self.ui_port}/namespaces/default"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of the API and the worker."""
        return {
            "LAYERON_APP": self.app,
            "LAYERON_DATA_DIR": str(self.folder),
            "LAYERON_HOST": self.host,
            "LAYERON_PORT": str(self.port),
            "LAYERON_TEMPORAL_ADDRESS": self.temporal,
            "LAYERON_TEMPORAL_NAMESPACE": "default",
            "LAYERON_TEMPORAL_UI": self.temporal_ui,
        }
