"""Free ports for the processes of ``layeron dev``."""

from collections.abc import Mapping
from contextlib import ExitStack

from layeron.listening import listen


def claim(wanted: Mapping[str, tuple[str, int]]) -> list[int]:
    """The ports if all are free, in order; a free one for each 0.

    Args:
        wanted: host and port by the option that chooses the port.

    Raises:
        ConfigurationError: a port cannot be used; names the option that chooses another.
    """
    with ExitStack() as held:  # all at once, so that no two are the same
        sockets = [
            held.enter_context(listen(host, port, option))
            for option, (host, port) in wanted.items()
        ]
        return [int(each.getsockname()[1]) for each in sockets]
