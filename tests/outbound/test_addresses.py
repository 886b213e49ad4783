"""Which addresses are public, and which the operator lists."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layeron.outbound.addresses import is_listed, why_not_public

PRIVATE = [
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::93.184.216.34",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:93.184.216.34",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::5db8:d822",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:0:53aa:64c::80ff:fffe",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:5db8:d822::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1111%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:4860:4860::8888",
    "2003::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_told_from_others(address: str) -> None:
    assert why_not_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert why_not_public(ip_address(address)) is None


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_nothing_is_public_that_python_holds_to_be_private(
    address: IPv4Address | IPv6Address,
) -> None:
    assert address.is_global or why_not_public(address)


@pytest.mark.parametrize(
    ("address", "listed"),
    [
        ("127.0.0.1", True),
        ("127.255.0.1", True),
        ("128.0.0.1", False),
        ("::1", True),
        ("::2", False),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::93.184.216.34", True),
        ("64:ff9b::127.0.0.1", True),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::169.254.169.254", False),
        ("2002:7f00:1::", False),
        ("2002:a00:1::", False),
    ],
)
def test_the_operators_networks_hold_for_the_address_that_is_reached(
    address: str, *, listed: bool
) -> None:
    networks = [ip_network(each) for each in ("127.0.0.0/8", "::1/128", "64:ff9b::/96")]
    assert is_listed(ip_address(address), networks) is listed


@pytest.mark.parametrize("address", ["2002:a00:1::", "2001:0:53aa:64c::f5ff:fffe"])
def test_all_of_ipv6_does_not_open_what_is_private_in_ipv4(address: str) -> None:
    assert not is_listed(ip_address(address), [ip_network("::/0")])


def test_without_networks_nothing_is_listed() -> None:
    assert not any(is_listed(ip_address(each), []) for each in PRIVATE + PUBLIC)
