"""The addresses of a request: the one it was sent to, and the one it came from."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request

_IPV6_OF_ONE_SITE = 64
"""Bits of an address; its owner has all that begin with them."""


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


def is_through_tls(request: Request, *, trust_proxy: bool) -> bool:
    """Whether the sender reached us, or a proxy of ours that is trusted, through TLS."""
    return address_of(request, trust_proxy=trust_proxy).url.lower().startswith("https:")


def client_of(request: Request, *, proxies: int) -> str:
    """Whose tries are counted together: an address, of IPv6 the site that it is of.

    Args:
        request: what was received.
        proxies: so many of our own it has passed, one after the other.
    """
    text = request.client.host if request.client else ""
    if proxies:
        # Each proxy adds whom it saw: the first of ours the sender, the next one the first. What
        # stands before is the sender's word.
        seen = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
        text = seen[-min(proxies, len(seen))].strip() or text
    try:
        address = ip_address(text)
    except ValueError:
        return text[:64]
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), _IPV6_OF_ONE_SITE), strict=False))
    return str(address)


def _host_name(authority: str) -> str:
    if authority.startswith("["):
        return authority.partition("]")[0].lower() + "]"
    return authority.partition(":")[0].rstrip(".").lower()
