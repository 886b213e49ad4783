"""Free ports, and a clear word when one is taken."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack

from layeron.errors import ConfigurationError


def claim(wanted: Mapping[str, tuple[str, int]]) -> list[int]:
    """The ports if all are free, in order; a free one for each 0.

    Args:
        wanted: host and port by the option that chooses the port.

    Raises:
        ConfigurationError: a port cannot be used; names the option that chooses another.
    """
    with ExitStack() as held:  # all at once, so that no two are the same
        return [_listen(held, option, *place) for option, place in wanted.items()]


def _listen(held: ExitStack, option: str, host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = held.enter_context(socket.create_server((host, port), family=family))
    except OSError as error:
        raise ConfigurationError(
            f"port {port} on {host} cannot be used ({error.strerror}); choose another with"
            f" {option}, or stop what listens there."
        ) from None
    return int(listener.getsockname()[1])
