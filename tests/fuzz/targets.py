"""What is fuzzed without a server: each reads bytes of strangers, and raises what it says alone."""

import json
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qs

from starlette.datastructures import QueryParams
from starlette.requests import Request as HTTPRequest

from api import bulk_questions, keys, sending
from api.address import address_of, client_of
from api.dashboard.bulk_query import BulkQuery, rate_of
from api.dashboard.csrf import is_from_elsewhere, is_ours
from api.dashboard.endpoint_form import FIELDS, blank, options_of
from api.dashboard.event_query import EventQuery
from api.dashboard.list_query import ListQuery
from api.dashboard.preview import preview
from api.parameters import EVENT_FILTER, PAGE
from api.payload import exact, pretty
from api.questions import BadRequestError, Question, object_in, question_of, read_query
from layeron import InboundWebhook, secret, webhooks
from layeron.capture import parse_capture
from layeron.errors import ConfigurationError, DocumentUnavailableError, PayloadError
from layeron.hiding import texts_in, without_fields
from layeron.keys import split_key
from layeron.logs import JSONFormatter, LineFormatter
from layeron.outbound.judging import retry_after
from layeron.outbound.options import EndpointOptions
from layeron.outbound.urls import check_url
from layeron.ports.documents import NoDocuments
from layeron.provider import HandshakeContext
from layeron.redaction import redact
from layeron.secrets import SecretValue
from layeron.signing.credentials import without_credentials
from layeron.signing.explanation import explain
from layeron.tracing import sender_of
from tests.fuzz.inputs import parted, request_in
from tests.support.rules import EXAMPLES, KEY

Target = Callable[[bytes], Awaitable[None]]

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
REDACT = ["body.a.*", "body.items.1.token", "body.id", "body.*.b"]
FORMATTERS = (JSONFormatter(), LineFormatter())
_NEEDED: Mapping[str, Mapping[str, Any]] = {
    "paypal": {"webhook_id": "1"},
    "plaid": {"client_id": "1"},
    "pubsub": {"audience": "https://hooks.example.com", "service_account": "a@example.com"},
    "sns": {"topics": "arn:aws:sns:eu-west-1:123456789012:t"},
}


def _presets() -> Iterator[InboundWebhook]:
    for name in webhooks.__all__:
        if name in {"custom", "out"}:
            continue
        options: dict[str, Any] = {"path": f"/{name}", **_NEEDED.get(name, {})}
        if name not in {"paypal", "pubsub", "sns"}:
            options["secret"] = secret("FUZZED")
        yield getattr(webhooks, name)(**options)


PRESETS = list(_presets())
_OF_RULES = [(each.rule, each.verifying) for each in EXAMPLES.values()]


async def presets(data: bytes) -> None:
    """No preset accepts what nobody signed, whatever it is; nothing raises."""
    request = request_in(data)
    documents = NoDocuments()
    for webhook in PRESETS:
        values = [SecretValue(each, "current", KEY) for each in webhook.secrets]
        with suppress(DocumentUnavailableError):
            told = await explain(
                webhook.signature, request, values, now=NOW, documents=documents, for_holder=False
            )
            assert told.verdict.status != "verified", webhook.name
            assert KEY not in repr(told)
        webhook.provider.event_type.find(request, request.payload)
        webhook.provider.event_id.find(request, request.payload)
        without_credentials(webhook.signature, request, webhook.provider.secret_headers)
        context = HandshakeContext(request, request.payload, values, documents)
        for each in webhook.provider.handshakes:
            with suppress(DocumentUnavailableError):
                await each.answer(context)


async def rules(data: bytes) -> None:
    """The same of every kind of rule."""
    request = request_in(data)
    for rule, key in _OF_RULES:
        values = [SecretValue(each, "current", key) for each in rule.own_secrets]
        told = await explain(rule, request, values, now=NOW, documents=NoDocuments())
        assert told.verdict.status != "verified"
        assert len(told.verdict.detail) < 400


async def captures(data: bytes) -> None:
    """What `layeron verify` reads."""
    with suppress(ConfigurationError):
        parse_capture(data)


async def showing(data: bytes) -> None:
    """Any body can be shown, without its hidden fields, and be told of in the log on one line."""
    request = request_in(data)
    kind = request.headers.get("content-type", "")
    for body in (data, request.body):
        shown = without_fields(body, kind, REDACT)
        for each in (body, shown):
            preview(each)
            pretty(each)
            exact(each, "payload")
        texts_in(body, kind, REDACT)
        text = redact(body.decode("utf-8", "surrogateescape"), [KEY])
        record = logging.makeLogRecord({"msg": "%s", "args": (text,), "fields": {"text": text}})
        for formatter in FORMATTERS:
            assert formatter.format(record).isprintable()
    retry_after(list(request.headers.items()), NOW)
    sender_of(request.headers.getall("traceparent", []))


async def questions(data: bytes) -> None:
    """What the API is asked is understood, or refused in words that can be sent."""
    _, target, _, body = parted(data)
    query = QueryParams(target.partition("?")[2])
    with suppress(BadRequestError):
        read_query(query, *EVENT_FILTER, *PAGE)
    try:
        asked = object_in(body)
    except BadRequestError:
        return
    request = HTTPRequest({"type": "http", "headers": [], "state": {"body": asked}})
    for model in _QUESTIONS:
        try:
            question = question_of(request, model)
        except BadRequestError as bad:
            json.dumps(str(bad)).encode()
            continue
        if isinstance(question, bulk_questions.BulkQuestion):
            _ = question.selection
    with suppress(ValueError):
        EndpointOptions.model_validate(asked)
    if isinstance(url := asked.get("url"), str):
        with suppress(ValueError):
            check_url(url)


_QUESTIONS: list[type[Question]] = [
    keys.NewKeyQuestion,
    sending.NewEvents,
    sending.NewEvent,
    bulk_questions.BulkQuestion,
    bulk_questions.RecoverQuestion,
    bulk_questions.MissingQuestion,
    bulk_questions.FilterQuestion,
]


async def forms(data: bytes) -> None:
    """What the dashboard's forms and addresses say is understood, or refused in words."""
    _, target, _, body = parted(data)
    texts = dict(QueryParams(target.partition("?")[2]))
    form: Mapping[str, list[str]] = {}
    with suppress(ValueError):
        form = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=1000)
    typed = {name: values[0] for name, values in form.items()}
    for fields in (texts, typed):
        for query in (EventQuery.of(fields), ListQuery.of(fields, "webhook", "actor")):
            query.link("cursor")
        asked = BulkQuery.of(fields, asked=True)
        asked.link_to("filter")
        with suppress(BadRequestError):
            rate_of(fields.get("rate"))
        with suppress(PayloadError):
            options = options_of({name: fields.get(name, "") for name in FIELDS}, blank())
            with suppress(ValueError):
                EndpointOptions.model_validate(options)
        is_ours(fields.get("csrf", ""), "session")
        split_key(fields.get("key", ""))


async def addresses(data: bytes) -> None:
    """Where a request was sent, where it came from, and whether another site sent it."""
    _, target, pairs, _ = parted(data)
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "scheme": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in pairs],
        "client": ("203.0.113.7", 1),
    }
    request = HTTPRequest(cast("Any", scope))
    for trust in (False, True):
        address_of(request, trust_proxy=trust).registered_as("https://hooks.example.com/x")
        is_from_elsewhere(request, trust_proxy=trust)
    for proxies in (0, 1, 2):
        assert len(client_of(request, proxies=proxies)) < 100
    _ = request.cookies


TARGETS: Mapping[str, Target] = {
    each.__name__: each for each in (presets, rules, captures, showing, questions, forms, addresses)
}
