"""Parts of a running service taken away for a while."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support.service import Service


@contextmanager
def without_bodies(service: Service) -> Generator[None]:
    """The folder of bodies is away, as a disk that is not mounted."""
    folder = Path(service.settings.effective_blobs)
    aside = folder.with_suffix(".aside")
    folder.rename(aside)
    folder.write_text("in the way")
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


@contextmanager
def without_records(service: Service) -> Generator[None]:
    """The database takes no transaction, because somebody else's does not end."""
    path = service.settings.effective_database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        yield
