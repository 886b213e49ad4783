"""Correctly signed requests, as the provider would send them: for tests and ``layeron trigger``.

With the test client of Starlette or any other HTTP client::

    request = signed_request(stripe, event_type="invoice.paid", secrets="whsec_test")
    client.request(
        request.method, request.url, headers=request.headers, content=request.body
    )

To try what must be refused, change one thing of it: ``dataclasses.replace(request, body=b"{}")``.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import urlencode, urlsplit

from layeron.declaration import InboundWebhook
from layeron.errors import ConfigurationError
from layeron.provider import Sample
from layeron.providers.samples import fresh_id
from layeron.request import Request, headers_of
from layeron.secrets import SecretValue
from layeron.signing.sign import sign
from layeron.signing.wire import is_form
from layeron.signing.writing import json_bytes, with_body_field, with_headers, with_query_parameter

Secrets: TypeAlias = str | SecretValue | Sequence[str | SecretValue] | Mapping[str, str]


def signed_request(
    webhook: InboundWebhook,
    payload: object = None,
    *,
    event_type: str | None = None,
    secrets: Secrets | None = None,
    headers: Mapping[str, str] | None = None,
    base_url: str | None = None,
    now: datetime | None = None,
) -> Request:
    """A request that *webhook* accepts.

    Args:
        webhook: who receives it.
        payload: its JSON body; text and bytes are sent as they are. Without it, an example of
            what the provider sends, with an id that nobody had before.
        event_type: of the example; without it, the first type that the webhook has a handler for.
        secrets: the value to sign with, or the values of several secrets by name; without it,
            the environment variable of the secret's name. The provider's private key, where the
            webhook has a public key of it, or fetches that.
        headers: more header fields, in place of those of the example.
        base_url: where the service is reached; without it, the webhook's own host or localhost.
        now: the time of signing.

    Raises:
        ConfigurationError: no value of the secret is known, or the rule cannot be followed.
    """
    event_type = event_type or _handled_type(webhook)
    request = _unsigned(webhook, base_url)
    if (sampler := webhook.provider.sample) is not None:
        sample = sampler(event_type)
        request = with_headers(request, sample.headers.items())
        request = replace(request, body=_body_of(sample))
    if payload is not None:
        request = replace(request, body=_bytes(payload))
    request = with_headers(request, (headers or {}).items())
    is_ours = sampler is None and payload is None
    for place, value in _expected(webhook, event_type).items():
        request = _with_place(request, place, value, may_change_body=is_ours)
    return sign(webhook.signature, request, _values(webhook, secrets), now=now or datetime.now(UTC))


def _body_of(sample: Sample) -> bytes:
    if is_form(sample.headers.get("content-type", "")) and isinstance(sample.payload, dict):
        return urlencode(sample.payload).encode()
    return json_bytes(sample.payload)


def _unsigned(webhook: InboundWebhook, base_url: str | None) -> Request:
    place = webhook.placement
    base = urlsplit(base_url or f"http://{place.host or 'localhost'}")
    url = place.url or f"{base.scheme}://{place.host or base.netloc}{place.path}"
    headers = headers_of([("content-type", "application/json")])
    return Request("POST", url, place.path, "", headers, b"{}")


def _handled_type(webhook: InboundWebhook) -> str:
    exact = (each for each in webhook.handlers.patterns if not each.endswith("*"))
    return next(exact, "test.event")


def _bytes(payload: object) -> bytes:
    if isinstance(payload, bytes):
        return payload
    return payload.encode() if isinstance(payload, str) else json_bytes(payload)


def _expected(webhook: InboundWebhook, event_type: str) -> Mapping[str, str]:
    """What a request must have besides its payload: by place, the type of event and fresh ids."""
    rule, provider = webhook.signature, webhook.provider
    template = rule.template
    signed = template.placeholders if template and rule.verify is None else frozenset[str]()
    places = {each for each in signed if "." in each} - {f"query.{rule.timestamp_query_param}"}
    places.update(provider.event_id.places or ("body.id",))
    places.update(webhook.dedupe.key.places if webhook.dedupe.key else ())
    kinds = provider.event_type.places or ("body.type",)
    parts = event_type.split(":", len(kinds) - 1)
    return {place: fresh_id() for place in sorted(places)} | dict(zip(kinds, parts, strict=False))


def _with_place(request: Request, place: str, value: str, *, may_change_body: bool) -> Request:
    """The request with a value where it lacks one; a payload of the caller's stays as it is."""
    source, _, name = place.partition(".")
    if source == "header" and name not in request.headers:
        return with_headers(request, [(name, value)])
    if source == "query" and name not in request.query:
        return with_query_parameter(request, name, value)
    if source == "body" and may_change_body:
        return with_body_field(request, name, value)
    return request


def _values(webhook: InboundWebhook, secrets: Secrets | None) -> Sequence[str]:
    """The value to sign with: the first of those that belong to the rule."""
    declared = webhook.signature.own_secrets
    if not declared:
        return [secrets] if isinstance(secrets, str) else ()
    if secrets is None:
        secrets = os.environ
    if isinstance(secrets, Mapping):
        found = [secrets[each.name] for each in declared if each.name in secrets]
    else:
        several = [secrets] if isinstance(secrets, str | SecretValue) else secrets
        usable = [each for each in several if isinstance(each, str) or each.secret in declared]
        found = [each if isinstance(each, str) else each.value for each in usable]
    if not found:
        name = declared[0].name
        raise ConfigurationError(
            f"webhook {webhook.name!r}: the value of secret {name!r} is not known here; give"
            f" secrets={{{name!r}: '…'}} or set the environment variable {name}."
        )
    return found[:1]
