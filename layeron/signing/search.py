"""Where in a request its signatures and its time of signing are."""

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from layeron.locator import Locator
from layeron.payload import parse_payload
from layeron.request import Request
from layeron.signing.context import VerificationContext
from layeron.signing.functions import extracted
from layeron.signing.rule import Signature
from layeron.signing.verdict import Cause, RefusalError
from layeron.signing.wire import parameters, wire_bytes, wire_text

_MOST_SIGNATURES = 100


def find_signatures(rule: Signature, context: VerificationContext) -> Sequence[str]:
    """The texts of all signatures, without their prefix.

    Raises:
        RefusalError: there is none, or more than anybody sends.
    """
    if callable(rule.extract):
        carried = found = extracted(rule.extract, context)
    else:
        carried = _carried(rule, context.request)
        found = list(chain.from_iterable(_take_apart(rule, value) for value in carried))
    if not carried:
        raise RefusalError(Cause.MISSING_SIGNATURE, f"{_place(rule)} is missing")
    texts = [text.removeprefix(rule.prefix) for text in found if text.startswith(rule.prefix)]
    if not texts:
        looked_for = f"no {rule.prefix!r} signature" if rule.prefix else "nothing to extract"
        raise RefusalError(Cause.MALFORMED_SIGNATURE, f"{_place(rule)} holds {looked_for}")
    if len(texts) > _MOST_SIGNATURES:
        raise RefusalError(
            Cause.MALFORMED_SIGNATURE,
            f"{_place(rule)} holds {len(texts)} signatures, more than {_MOST_SIGNATURES}",
        )
    return texts


def find_timestamp(rule: Signature, request: Request) -> str:
    """The text of the time of signing.

    Raises:
        RefusalError: it is missing, or there are several that differ.
    """
    found = dict.fromkeys(_timestamps(rule, request))
    if not found:
        raise RefusalError(Cause.MISSING_TIMESTAMP, "the request carries no timestamp")
    if len(found) > 1:
        raise RefusalError(
            Cause.MALFORMED_TIMESTAMP, f"the request carries {len(found)} different timestamps"
        )
    return next(iter(found))


def _timestamps(rule: Signature, request: Request) -> Iterable[str]:
    if rule.timestamp_header is not None:
        return request.headers.getall(rule.timestamp_header, [])
    if rule.timestamp_query_param is not None:
        return _query_values(request, rule.timestamp_query_param)
    if rule.timestamp_body_field is not None:
        return _body_values(request, rule.timestamp_body_field)
    carried = _carried(rule, request)
    if (prefix := rule.timestamp_prefix) is not None:
        items = chain.from_iterable(_split(value, rule.separator) for value in carried)
        return [item.removeprefix(prefix) for item in items if item.startswith(prefix)]
    pattern = rule.timestamp_extract or ""
    return chain.from_iterable(_matches(pattern, value) for value in carried)


def _carried(rule: Signature, request: Request) -> Sequence[str]:
    """The values that may hold a signature; a blank one holds none."""
    values = [each for name in rule.header_names for each in request.headers.getall(name, [])]
    if rule.query_param is not None:
        values += _query_values(request, rule.query_param)
    if rule.body_field is not None:
        values += _body_values(request, rule.body_field)
    return [value for value in values if value.strip()]


def _take_apart(rule: Signature, value: str) -> Sequence[str]:
    if isinstance(rule.extract, str):
        return _matches(rule.extract, value)
    return _split(value, rule.separator) if rule.separator else [value]


def _split(value: str, separator: str) -> Sequence[str]:
    first = separator[0]
    for other in separator[1:]:
        value = value.replace(other, first)
    return [item.strip() for item in value.split(first)]


def _matches(pattern: str, value: str) -> Sequence[str]:
    return [match[1] for match in re.finditer(pattern, value) if match[1]]


def _query_values(request: Request, name: str) -> list[str]:
    pairs = parameters(wire_bytes(request.query_string))
    return [value for each, value in pairs if each == wire_text(name)]


def _body_values(request: Request, field: str) -> list[str]:
    payload = parse_payload(request.body, request.headers.get("content-type", ""))
    value = Locator((f"body.{field}",)).find(request, payload)
    return [] if value is None else [wire_text(value)]


def _place(rule: Signature) -> str:
    if rule.header_names:
        return "header " + " or ".join(repr(name) for name in rule.header_names[:3])
    if rule.query_param is not None:
        return f"query parameter {rule.query_param!r}"
    if rule.body_field is not None:
        return f"body field {rule.body_field!r}"
    return "the signature"
