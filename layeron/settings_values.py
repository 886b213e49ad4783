"""How values of settings are written: sizes, times, networks, ports."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

from layeron.durations import parse_duration, parse_keeping
from layeron.errors import ConfigurationError
from layeron.outbound.addresses import IPNetwork
from layeron.secrets import secret

_SIZE_UNITS = {"": 1, "b": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_SIZE = re.compile(r"(\d{1,12})\s*([a-z]*)", re.IGNORECASE)


def parse_size(value: str | int) -> int:
    """Read a number of bytes: ``10485760``, ``512KiB``, ``10MiB``.

    Raises:
        ValueError: the text has another form.
    """
    match = _SIZE.fullmatch(str(value))
    unit = _SIZE_UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None:
        raise ValueError(f"{value!r} is not a size; write one such as '512KiB' or '10MiB'")
    return int(match[1]) * unit


Size = Annotated[int, BeforeValidator(parse_size), NoDecode]


def parse_networks(value: str | Sequence[IPNetwork]) -> tuple[IPNetwork, ...]:
    """Read networks in CIDR notation, parted by commas.

    Raises:
        ValueError: one is none.
    """
    if not isinstance(value, str):
        return tuple(value)
    try:
        return tuple(ip_network(each.strip()) for each in value.split(",") if each.strip())
    except ValueError as error:
        raise ValueError(f"{error}; write networks such as 127.0.0.0/8,10.1.0.0/16") from None


def parse_ports(value: str | Sequence[int]) -> tuple[int, ...]:
    """Read port numbers parted by commas.

    Raises:
        ValueError: one is none.
    """
    several = [each.strip() for each in value.split(",")] if isinstance(value, str) else value
    for each in several:
        if not str(each).isdecimal() or not 0 < int(each) < 2**16:
            raise ValueError(f"{each!r} is no port; write some such as 443,8443")
    return tuple(int(each) for each in several)


def parse_proxy(value: str) -> str:
    """Return the address of an HTTP proxy, ``http://host:port`` or ``http://user:password@…``.

    Raises:
        ValueError: it is none; does not repeat it, since it may hold a password.
    """
    with suppress(ValueError):
        parts = urlsplit(value)
        plain = parts.scheme == "http" and not parts.path.strip("/")
        if plain and parts.hostname and parts.port and not parts.query + parts.fragment:
            return value
    raise ValueError("no address of a proxy; write one such as http://proxy.internal:3128")


def parse_secret_name(value: str) -> str:
    """Return the name of a secret.

    Raises:
        ValueError: no secret can have it.
    """
    try:
        return secret(value).name
    except ConfigurationError as error:
        raise ValueError(str(error).rstrip(".")) from None


Networks = Annotated[tuple[IPNetwork, ...], BeforeValidator(parse_networks), NoDecode]
Ports = Annotated[tuple[int, ...], BeforeValidator(parse_ports), NoDecode]
ProxyURL = Annotated[str, AfterValidator(parse_proxy)]
SecretName = Annotated[str, AfterValidator(parse_secret_name)]
Duration = Annotated[timedelta, BeforeValidator(parse_duration), NoDecode]
Keeping = Annotated[timedelta, BeforeValidator(parse_keeping), NoDecode]
