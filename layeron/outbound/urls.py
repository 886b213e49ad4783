"""What the text of an endpoint's URL says, read in the one way that leaves nothing to interpret."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import urlsplit

_ALLOWED = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
_AUTHORITY = re.compile(
    r"(?:(?P<name>[A-Za-z0-9._-]+)|\[(?P<ipv6>[0-9A-Fa-f:.]+)\])(?::(?P<port>[0-9]{1,5}))?"
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_NAME = 253
_PORTS = {"http": 80, "https": 443}
_MEND = "write one such as https://example.com/webhooks"


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL in its parts.

    Attributes:
        host: a name in lower case, or an IP address; IPv6 without brackets.
        target: path and query, as they go on the wire.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def secure(self) -> bool:
        """Whether it is spoken to over TLS."""
        return self.scheme == "https"

    @property
    def name(self) -> str:
        """Host and port, for people: no path, since that may hold a token."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def authority(self) -> str:
        """What the ``Host`` header says."""
        usual = self.port == _PORTS[self.scheme]
        return self.name.rpartition(":")[0] if usual else self.name


def check_url(url: str) -> Destination:
    """Read a URL that events can be posted to; where its name leads is another question.

    Raises:
        ValueError: with the reason and the mend; it repeats nothing that may be secret.
    """
    if not url.isascii():
        raise ValueError(
            "the URL holds characters outside ASCII; write its host in Punycode (xn--…), and"
            " percent-encode the rest"
        )
    if not _ALLOWED.fullmatch(url):
        raise ValueError(f"the URL holds characters that none has, or is empty; {_MEND}")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError(f"the URL's host is none; {_MEND}") from None
    if parts.scheme not in _PORTS:
        raise ValueError(f"the URL is neither https nor http; {_MEND}")
    if "@" in parts.netloc:
        raise ValueError("the URL holds a login; send credentials in a header instead")
    if "#" in url:
        raise ValueError("the URL has a fragment (#…), which is never sent; leave it out")
    found = _AUTHORITY.fullmatch(parts.netloc)
    if found is None:
        raise ValueError(f"the URL names no host, or one that cannot be; {_MEND}")
    port = int(found["port"] or _PORTS[parts.scheme])
    if not 0 < port < 2**16:
        raise ValueError(f"port {port} cannot be; ports go from 1 to 65535")
    host = _ipv6(found["ipv6"]) if found["ipv6"] else _name(found["name"].lower())
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, host, port, target)


def _ipv6(text: str) -> str:
    try:
        return str(IPv6Address(text))
    except AddressValueError:
        raise ValueError(f"the URL's host is none; {_MEND}") from None


def _name(host: str) -> str:
    if host.endswith("."):
        raise ValueError("the URL's host ends in a full stop; leave that out")
    labels = host.split(".")
    if len(host) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError(f"{host[:60]} is no host name; {_MEND}")
    if _NUMBER.fullmatch(labels[-1]):  # an IPv4 address to some, however it is written
        try:
            IPv4Address(host)
        except AddressValueError:
            raise ValueError(
                f"{host[:60]} is no plain IPv4 address; write it as four decimal numbers"
            ) from None
    return host
