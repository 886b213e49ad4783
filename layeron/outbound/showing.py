"""Endpoints and sent events as they are shown: customers put their tokens into header fields."""

from collections.abc import Mapping
from dataclasses import replace

from layeron.outbound.records import EndpointRecord
from layeron.outbound.sealing import is_credential
from layeron.records import EventRecord
from layeron.redaction import REDACTED


def shown(endpoint: EndpointRecord) -> EndpointRecord:
    """The endpoint without the values of header fields that hold credentials."""
    headers = {name: _shown(name, value) for name, value in endpoint.headers.items()}
    return replace(endpoint, headers=headers)


def shown_event(record: EventRecord) -> EventRecord:
    """The same of an event that was sent; what was received is without credentials already."""
    if record.direction == "inbound":
        return record
    return replace(record, headers=[(name, _shown(name, value)) for name, value in record.headers])


def restored(headers: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """The header fields, where a value that was shown as redacted is the known one again."""
    before = {name.lower(): value for name, value in known.items()}
    return {
        name: before.get(name.lower(), value) if value == REDACTED else value
        for name, value in headers.items()
    }


def _shown(name: str, value: str) -> str:
    return REDACTED if is_credential(name, value) else value
