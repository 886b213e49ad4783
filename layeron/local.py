"""The data folder, and what a running ``layeron dev`` leaves there for other terminals."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from layeron.errors import ConfigurationError

_FILE = "dev.json"


def make_data_folder(data_dir: Path) -> Path:
    """The data folder, absolute; if it is made, then for this user alone and out of Git.

    Raises:
        ConfigurationError: it cannot be made.
    """
    folder = data_dir.resolve()
    if not folder.is_dir():
        try:
            folder.mkdir(parents=True, mode=0o700)
            (folder / ".gitignore").write_text("*\n")
        except OSError as error:
            raise ConfigurationError(
                f"the data folder {folder} cannot be made ({error.strerror}); choose another with"
                " --data-dir or LAYERON_DATA_DIR."
            ) from None
    return folder


@dataclass(frozen=True, slots=True)
class LocalService:
    """Where the local service is, what it runs, and a key to its API.

    Attributes:
        app: the reference of its application, with an absolute path where it is a file.
        folder: the folder it was started in.
        temporal_ui: the Temporal web UI, at the service's namespace.
    """

    url: str = "http://127.0.0.1:8000"
    key: str | None = None
    app: str | None = None
    folder: str | None = None
    temporal_ui: str | None = None

    @classmethod
    def of(cls, data_dir: Path) -> "LocalService":
        """What the folder says; the defaults if it says nothing."""
        try:
            return cls(**json.loads((data_dir / _FILE).read_text()))
        except (OSError, ValueError, TypeError):
            return cls()

    def save(self, data_dir: Path) -> None:
        """Write it for this user's eyes only."""
        path = data_dir / _FILE
        new = path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file)
        new.replace(path)
