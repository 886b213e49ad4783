"""The address a request was sent to, as the sender wrote it."""

from dataclasses import dataclass

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request was sent.

    Attributes:
        host: the host name in lower case, without a port.
        path: still percent-encoded.
        url: the absolute URL.
    """

    host: str
    path: str
    url: str

    def registered_as(self, registered: str | None) -> str:
        """The URL with the part before ``?`` as it was registered at the provider, if it was."""
        _, mark, query = self.url.partition("?")
        return f"{registered}{mark}{query}" if registered else self.url


def address_of(request: Request, *, trust_proxy: bool) -> Address:
    """The address by the request line, ``Host`` and, if proxies are trusted, ``X-Forwarded-*``."""
    scheme = request.scope["scheme"]
    authority = request.headers.get("host", "")
    if trust_proxy:
        # A chain of proxies appends; the first value is what the sender used.
        scheme = request.headers.get("x-forwarded-proto", scheme).partition(",")[0].strip()
        authority = request.headers.get("x-forwarded-host", authority).partition(",")[0].strip()
    path = request.scope["raw_path"].partition(b"?")[0].decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    url = f"{scheme}://{authority}{path}" + (f"?{query}" if query else "")
    return Address(_host_name(authority), path, url)


def _host_name(authority: str) -> str:
    if authority.startswith("["):
        return authority.partition("]")[0].lower() + "]"
    return authority.partition(":")[0].rstrip(".").lower()
