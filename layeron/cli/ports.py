"""Free ports, and a clear word when one is taken."""

import socket

from layeron.errors import ConfigurationError


def claim(host: str, port: int, option: str) -> int:
    """The port if it is free; a free one for 0.

    Raises:
        ConfigurationError: something listens there; names the option that chooses another.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"port {port} on {host} cannot be used ({error.strerror}); choose another with"
                f" {option}, or stop what listens there."
            ) from None
        return int(listener.getsockname()[1])
