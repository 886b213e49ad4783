"""Raw bodies in a folder: the store of a laptop."""

import asyncio
import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from layeron.adapters.object_name import checked_name
from layeron.errors import BlobStoreUnavailableError, BodyLostError

_UNFINISHED: Final = ".unfinished"  # no object's name can lead here
_MENDS: Final = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.EFBIG: "raise the limit on the size of files",
    errno.EACCES: "let this user read and write there",
    errno.EPERM: "let this user read and write there",
    errno.EROFS: "let this user read and write there",
}

T = TypeVar("T")


class FolderBlobStore:
    """Keeps one file per object; only this user may read it.

    An object appears whole or not at all, and stays after a loss of power once `put` has returned.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, name: str, data: bytes) -> None:
        """Store an object durably; one of that name that is there already stays."""
        path = self._path(name)
        await self._in_thread(lambda: self._write(path, data))

    async def get(self, name: str) -> bytes:
        """Read an object whole.

        Raises:
            BodyLostError: there is none of that name.
        """
        path = self._path(name)
        return await self._in_thread(lambda: self._read(path, name))

    async def delete(self, name: str) -> None:
        """Remove an object; absent is fine."""
        path = self._path(name)
        await self._in_thread(lambda: _remove(path))

    async def check(self) -> None:
        """Return if a file can be written now."""
        await self._in_thread(lambda: self._write_aside(b"\n").unlink())

    async def close(self) -> None:
        """Do nothing: no file stays open."""

    def _path(self, name: str) -> Path:
        return self._root / checked_name(name)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            mend = _MENDS.get(error.errno or 0, "mend the folder or choose another (LAYERON_BLOBS)")
            raise BlobStoreUnavailableError(
                f"The folder of bodies {self._root} cannot be used ({error.strerror}); {mend}."
            ) from error

    def _write(self, path: Path, data: bytes) -> None:
        if not path.is_file():
            _make_folder(path.parent)
            written = self._write_aside(data)
            try:
                _link_unless_there(written, path)
            finally:
                written.unlink()
        # Also when it was there: whoever put it may not have come to this step yet.
        _sync_folder(path.parent)

    def _write_aside(self, data: bytes) -> Path:
        folder = self._root / _UNFINISHED
        _make_folder(folder)
        descriptor, written = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            Path(written).unlink()
            raise
        return Path(written)

    def _read(self, path: Path, name: str) -> bytes:
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            if not self._root.is_dir():  # a disk that is not mounted has lost nothing
                raise
            raise BodyLostError(f"There is no body {name} in {self._root}.") from None


def _link_unless_there(written: Path, path: Path) -> None:
    try:
        path.hardlink_to(written)  # unlike a rename, it never replaces what is there
    except FileExistsError:
        if not path.is_file():
            raise


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return
    _sync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that they stay after a loss of power."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
