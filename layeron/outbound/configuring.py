"""An endpoint made or changed at run time: what is said of it, and what that makes of it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from layeron.errors import PayloadError
from layeron.outbound.declaration import OutboundWebhook, record_of
from layeron.outbound.options import EndpointOptions, read_given
from layeron.outbound.records import EndpointRecord
from layeron.outbound.showing import restored, shown
from layeron.outbound.urls import check_url
from layeron.redaction import REDACTED

_LONGEST_HOST = 33
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
_TICK = timedelta(microseconds=1)


def created(
    publisher: OutboundWebhook, endpoint_id: str, options: Mapping[str, Any], *, at: datetime
) -> EndpointRecord:
    """A new endpoint; one that is given no name gets one by its host.

    Raises:
        PayloadError: an option is wrong.
    """
    wanted = _read(publisher, {"name": "unnamed", **options})
    if "name" not in options:
        name = _name_by_host(wanted.url, endpoint_id)
        wanted = wanted.model_copy(update={"name": name})
    record = record_of(wanted, endpoint_id, publisher, declared=False)
    return replace(record, created_at=at, updated_at=at)


def changed(
    publisher: OutboundWebhook, known: EndpointRecord, options: Mapping[str, Any]
) -> EndpointRecord:
    """The endpoint with options changed; its `updated_at` is later than before, as a version is.

    Raises:
        PayloadError: an option is wrong, or credentials would go to another address unsaid.
    """
    if "user_id" in options:
        raise PayloadError(
            "option 'endpoint.user_id' cannot be changed; delete the endpoint and create one for"
            " the other user."
        )
    wanted = _read(publisher, {**_options_of(shown(known)), **options})
    if _origin(wanted.url) != _origin(known.url):
        _refuse_kept_credentials(wanted)
    record = record_of(wanted, known.id, publisher, declared=False)
    now = datetime.now(UTC)
    return replace(
        record,
        headers=restored(record.headers, known.headers),
        created_at=known.created_at,
        updated_at=max(now, known.updated_at + _TICK) if known.updated_at else now,
        state=known.state,
    )


def _read(publisher: OutboundWebhook, options: Mapping[str, Any]) -> EndpointOptions:
    return read_given(EndpointOptions, options, webhook=publisher.name, option="endpoint")


def _options_of(endpoint: EndpointRecord) -> dict[str, Any]:
    """The options that an endpoint was made with."""
    same = EndpointOptions.model_fields.keys() - {"retry"}
    retry = {"schedule": endpoint.retry_delays, "jitter": endpoint.retry_jitter}
    return {"retry": retry, **{name: getattr(endpoint, name) for name in same}}


def _refuse_kept_credentials(wanted: EndpointOptions) -> None:
    """Whoever may change an address shall not be sent by it what nobody may read."""
    if kept := sorted(name for name, value in wanted.headers.items() if value == REDACTED):
        raise PayloadError(
            f"option 'endpoint.url': it leads to another server, which would be sent the value of"
            f" {', '.join(kept)} that was given for the one before; give 'headers' in the same"
            " change, with the values written out, or without these fields."
        )


def _origin(url: str) -> tuple[str, str, int]:
    destination = check_url(url)
    return destination.scheme, destination.host, destination.port


def _name_by_host(url: str, endpoint_id: str) -> str:
    host = _NOT_IN_A_NAME.sub("-", urlsplit(url).hostname or "")[:_LONGEST_HOST].strip("-")
    return f"{host or 'endpoint'}-{endpoint_id[-6:].lower()}"
