"""A clock that jumps, for the processes that load it: libfaketime in front of the C library.

It moves what they take for the date. What they measure durations with goes on evenly, as it does
when the clock of a machine is set.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

_PLACES = ("/usr/lib", "/usr/lib64", "/usr/local/lib")
_PATTERN = "**/faketime/libfaketime.so.1"


class Clock:
    """The offset of some processes' clock from the true one."""

    def __init__(self, library: Path, file: Path) -> None:
        self._library = library
        self._file = file
        self.set(0)

    @property
    def environment(self) -> Mapping[str, str]:
        """What processes need to be started with in order to go by it."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, seconds: int) -> None:
        """Let it go wrong by so many seconds; processes notice within one."""
        written = self._file.with_suffix(".new")
        written.write_text(f"{seconds:+d}\n")
        written.replace(self._file)


def find_library() -> Path | None:
    """Where libfaketime is: in its Python package, or installed on this machine."""
    spec = find_spec("libfaketime")
    inside = list(Path(spec.origin).parent.rglob("libfaketime.so*")) if spec and spec.origin else []
    system = [found for place in _PLACES for found in Path(place).glob(_PATTERN)]
    return next(iter([*inside, *system]), None)
