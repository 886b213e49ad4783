"""Where a webhook is reached: a path, or a host and a path."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

RESERVED_PREFIXES = ("/api/", "/dashboard/", "/health/", "/metrics/")

_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")


@dataclass(frozen=True, slots=True)
class Placement:
    """The address of a webhook.

    Attributes:
        host: the dedicated host name, or None for every host the service answers on.
        path: matched exactly, as sent.
        url: the public address as registered at the provider, if it was declared.
    """

    host: str | None
    path: str
    url: str | None = None

    def __str__(self) -> str:
        return f"{self.host or ''}{self.path}"


def place(*, path: str | None = None, host: str | None = None, url: str | None = None) -> Placement:
    """Work out a placement from what was declared.

    Raises:
        ValueError: the options contradict each other or have no usable form.
    """
    if url is not None:
        if path is not None or host is not None:
            raise ValueError("option 'url' says host and path already; leave out 'path' and 'host'")
        parts = urlsplit(url)
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.query
            or parts.fragment
        ):
            raise ValueError(
                f"option 'url' {url!r} must be an absolute address without query or fragment,"
                " such as 'https://hooks.example.com/vendor'"
            )
        host, path = parts.hostname, parts.path or "/"
    if path is None:
        raise ValueError("say where it is reached: path='/webhooks/…', or url='https://…'")
    if not _PATH.fullmatch(path) or "//" in path or "/./" in f"{path}/" or "/../" in f"{path}/":
        raise ValueError(
            f"option 'path' {path!r} must begin with '/' and hold no query, space or dots-only part"
        )
    if host is not None:
        host = host.lower()
        if not _HOST.fullmatch(host):
            raise ValueError(
                f"option 'host' {host!r} must be a host name, such as 'hooks.example.com'"
            )
    elif f"{path}/".startswith(RESERVED_PREFIXES):
        raise ValueError(
            f"option 'path' {path!r} belongs to the service itself; choose another, or set 'host'"
        )
    return Placement(host, path, url)
