"""Listen on a port, with a clear word when that cannot be, and say where."""

import socket

from layeron.errors import ConfigurationError


def listen(host: str, port: int, option: str) -> socket.socket:
    """A socket that listens; on a free port for 0.

    Args:
        host: a name, or an IPv4 or IPv6 address.
        port: the port.
        option: what chooses the port.

    Raises:
        ConfigurationError: the port cannot be used; names the option that chooses another.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]  # Python repeats the address there
        raise ConfigurationError(
            f"port {port} on {host} cannot be used ({reason}); choose another with {option}, or"
            " stop what listens there."
        ) from None
    # Its connections inherit it: the second half of an answer waits for no word of the other side,
    # which may hold that back for 40 ms. uvloop sees to it itself; asyncio does not.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address(host: str, port: int) -> str:
    """Where HTTP is spoken, as people write it: an IPv6 address stands in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
