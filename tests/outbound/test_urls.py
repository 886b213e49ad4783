"""The text of an endpoint's URL has one meaning, or is refused."""

import pytest

from layeron.outbound.urls import Destination, check_url

LONG = "a" * 63


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("https://example.com", Destination("https", "example.com", 443, "/")),
        ("HTTPS://Example.COM/Hook", Destination("https", "example.com", 443, "/Hook")),
        ("http://example.com:8080/a?b=c&d", Destination("http", "example.com", 8080, "/a?b=c&d")),
        ("https://example.com?a=1", Destination("https", "example.com", 443, "/?a=1")),
        ("https://xn--bcher-kva.example/", Destination("https", "xn--bcher-kva.example", 443, "/")),
        ("https://a_b.example.com/%20%00", Destination("https", "a_b.example.com", 443, "/%20%00")),
        ("https://93.184.216.34/", Destination("https", "93.184.216.34", 443, "/")),
        ("https://[2606:4700:0::1111]:8443/", Destination("https", "2606:4700::1111", 8443, "/")),
        ("http://localhost:3000/", Destination("http", "localhost", 3000, "/")),
        ("https://example.com/@me/a:b", Destination("https", "example.com", 443, "/@me/a:b")),
        (f"https://{LONG}.com/", Destination("https", f"{LONG}.com", 443, "/")),
    ],
)
def test_a_url_is_read_in_its_parts(url: str, read: Destination) -> None:
    assert check_url(url) == read


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "is empty"),
        ("example.com/hook", "neither https nor http"),
        ("//example.com/hook", "neither https nor http"),
        ("file:///etc/passwd", "neither https nor http"),
        ("gopher://example.com/_", "neither https nor http"),
        ("ftp://example.com/", "neither https nor http"),
        ("https:example.com", "names no host"),
        ("https:///hook", "names no host"),
        ("https://:443/", "names no host"),
        ("https://user@example.com/", "holds a login"),
        ("https://user:pa55@example.com/", "holds a login"),
        ("https://example.com@127.0.0.1/", "holds a login"),
        ("https://example.com/#a", "has a fragment"),
        ("https://example.com#@127.0.0.1/", "has a fragment"),
        ("https://example.com/#", "has a fragment"),
        ("https://example.com\\@127.0.0.1/", "holds characters"),
        ("https://example.com/\r\nHost: a", "holds characters"),
        ("https://example.com/\n", "holds characters"),
        ("https://exa\tmple.com/", "holds characters"),
        (" https://example.com/", "holds characters"),
        ("https://exam ple.com/", "holds characters"),
        ("https://example.com/\x00", "holds characters"),
        ("https://bücher.example/", "outside ASCII"),
        ("https://１２７.0.0.1/", "outside ASCII"),  # noqa: RUF001 - wide digits are the point
        ("https://example。com/", "outside ASCII"),
        ("https://%00example.com/", "names no host"),
        ("https://127.0.0.1%2f.example.com/", "names no host"),
        ("https://example.com:0/", "port 0 cannot be"),
        ("https://example.com:65536/", "port 65536 cannot be"),
        ("https://example.com:99999999/", "names no host"),
        ("https://example.com:/", "names no host"),
        ("https://example.com:+80/", "names no host"),
        ("https://example.com:80:80/", "names no host"),
        ("https://localhost./", "full stop"),
        ("https://127.0.0.1./", "full stop"),
        ("https://example..com/", "no host name"),
        ("https://-example.com/", "no host name"),
        (f"https://{LONG}a.com/", "no host name"),
        (f"https://{'.'.join([LONG] * 4)}/", "no host name"),
        ("https://2130706433/", "no plain IPv4 address"),
        ("https://0x7f.1/", "no plain IPv4 address"),
        ("https://0x7f000001/", "no plain IPv4 address"),
        ("https://example.0x/", "no plain IPv4 address"),
        ("https://0177.0.0.1/", "no plain IPv4 address"),
        ("https://127.1/", "no plain IPv4 address"),
        ("https://127.0.0.256/", "no plain IPv4 address"),
        ("https://1.2.3.4.5/", "no plain IPv4 address"),
        ("https://[::1/", "host is none"),
        ("https://[fe80::1%25eth0]/", "names no host"),
        ("https://[::1]example.com/", "names no host"),
        ("https://[v1.a]/", "names no host"),
        ("https://[12345::1]/", "host is none"),
        ("https://[127.0.0.1]/", "host is none"),
    ],
)
def test_a_url_that_could_mean_something_else_is_refused(url: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as error:
        check_url(url)
    assert "pa55" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://example.com/", "example.com"),
        ("https://example.com:443/", "example.com"),
        ("https://example.com:80/", "example.com:80"),
        ("http://example.com:80/", "example.com"),
        ("http://[::1]:3000/", "[::1]:3000"),
        ("http://[::1]/", "[::1]"),
    ],
)
def test_the_host_header_names_the_port_where_it_is_not_the_usual_one(
    url: str, authority: str
) -> None:
    assert check_url(url).authority == authority
