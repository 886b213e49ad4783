"""Long lists of ids, in parts that fit a statement."""

from collections.abc import Iterator, Sequence

_PART = 500


def in_parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids in their order, a few hundred at a time."""
    return (ids[first : first + _PART] for first in range(0, len(ids), _PART))
