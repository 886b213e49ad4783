"""Which IP addresses events may be sent to: public ones, and those that the operator allows.

By the special-purpose registries of IANA (RFC 6890). In IPv6 all that is public lies in 2000::/3,
so forms that wrap an IPv4 address (mapped, compatible, translated, NAT64) are outside already.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

_NOT_PUBLIC: tuple[tuple[IPNetwork, str], ...] = (
    (IPv4Network("0.0.0.0/8"), "an address of this host"),
    (IPv4Network("10.0.0.0/8"), "a private address"),
    (IPv4Network("100.64.0.0/10"), "an address inside a provider's network"),
    (IPv4Network("127.0.0.0/8"), "a loopback address"),
    (IPv4Network("168.63.129.16/32"), "an address of a cloud's own services"),  # Azure
    (IPv4Network("169.254.0.0/16"), "a link-local address"),  # where clouds keep metadata
    (IPv4Network("172.16.0.0/12"), "a private address"),
    (IPv4Network("192.0.0.0/24"), "an address reserved for protocols"),
    (IPv4Network("192.0.2.0/24"), "an address for documentation"),
    (IPv4Network("192.88.99.0/24"), "a 6to4 relay"),
    (IPv4Network("192.168.0.0/16"), "a private address"),
    (IPv4Network("198.18.0.0/15"), "an address for benchmarks"),
    (IPv4Network("198.51.100.0/24"), "an address for documentation"),
    (IPv4Network("203.0.113.0/24"), "an address for documentation"),
    (IPv4Network("224.0.0.0/4"), "a multicast address"),
    (IPv4Network("240.0.0.0/4"), "a reserved address"),
    (IPv6Network("::/128"), "an address of this host"),
    (IPv6Network("::1/128"), "a loopback address"),
    (IPv6Network("::ffff:0:0/96"), "an IPv4 address written as IPv6"),
    (IPv6Network("64:ff9b::/96"), "an IPv4 address behind NAT64"),
    (IPv6Network("64:ff9b:1::/48"), "an IPv4 address behind NAT64"),
    (IPv6Network("fc00::/7"), "a private address"),
    (IPv6Network("fe80::/10"), "a link-local address"),
    (IPv6Network("fec0::/10"), "a private address"),
    (IPv6Network("ff00::/8"), "a multicast address"),
    (IPv6Network("2001::/32"), "an IPv4 address behind Teredo"),
    (IPv6Network("2001::/23"), "an address reserved for protocols"),
    (IPv6Network("2001:db8::/32"), "an address for documentation"),
    (IPv6Network("2002::/16"), "an IPv4 address behind 6to4"),
    (IPv6Network("3fff::/20"), "an address for documentation"),
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


def is_listed(address: IPAddress, allowed: Sequence[IPNetwork]) -> bool:
    """Whether the operator allows this address by its network.

    An IPv4-mapped address is its IPv4 address. Any other that wraps one is listed only if what is
    inside is listed or public too: to allow NAT64 is not to allow what is private behind it.
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_listed(address.ipv4_mapped, allowed)
        inner = _wrapped(address)
        if inner and not is_listed(inner, allowed) and why_not_public(inner):
            return False
    return any(address in network for network in allowed)


def why_not_public(address: IPAddress) -> str | None:
    """What kind of address this is, if it is not a public one."""
    if isinstance(address, IPv6Address) and address.scope_id:
        return "a link-local address"
    for network, kind in _NOT_PUBLIC:
        if address in network:
            return kind
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "a reserved address"
    return None if address.is_global else "a reserved address"


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if any(address in network for network in _NAT64):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
