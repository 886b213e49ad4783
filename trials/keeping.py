"""The folder of a run, which is kept when the run ends badly."""

import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class BadEndingError(Exception):
    """A run found what must not be."""


@contextmanager
def kept_if_bad() -> Generator[Path]:
    """A new folder until the end of the block; after an error it stays, and is named."""
    folder = Path(tempfile.mkdtemp(prefix="layeron-trials-"))
    folder.chmod(0o711)  # PostgreSQL runs as another user where we are root
    try:
        yield folder
    except BaseException:
        print(f"data and logs of this run are kept in {folder}", file=sys.stderr)
        raise
    shutil.rmtree(folder)
