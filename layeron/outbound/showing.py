"""Endpoints as they are shown: customers put their tokens into header fields."""

import re
from collections.abc import Mapping
from dataclasses import replace

from layeron.outbound.records import EndpointRecord
from layeron.redaction import REDACTED

_CREDENTIAL = re.compile(
    r"auth|cookie|token|key|secret|password|credential|signature", re.IGNORECASE
)


def shown(endpoint: EndpointRecord) -> EndpointRecord:
    """The endpoint without the values of header fields that look like credentials."""
    headers = {
        name: REDACTED if _CREDENTIAL.search(name) else value
        for name, value in endpoint.headers.items()
    }
    return replace(endpoint, headers=headers)


def restored(headers: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """The header fields, where a value that was shown as redacted is the known one again."""
    before = {name.lower(): value for name, value in known.items()}
    return {
        name: before.get(name.lower(), value) if value == REDACTED else value
        for name, value in headers.items()
    }
