"""A small disk for the data, which a fault can fill."""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_SIZE = "768m"


class SmallDisk:
    """A file system of its own; needs the right to mount one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no byte of space; what others free meanwhile can be filled by calling again."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (2**20, 2**12, 1):
                try:
                    while True:
                        ballast.write(bytes(size))
                except OSError:
                    continue

    def clear(self) -> None:
        """Give the space back."""
        self._ballast.unlink()


@contextmanager
def small_disk(folder: Path) -> Generator[SmallDisk | None]:
    """Mount one at *folder* until the end of the block; None where this user may not."""
    folder.mkdir()
    options = f"size={_SIZE},mode=755"
    command = ["mount", "-t", "tmpfs", "-o", options, "layeron-trials", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        yield None
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
