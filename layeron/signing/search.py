"""What a request offers as proof: its signatures and its time of signing."""

import re
from collections.abc import Iterable, Sequence

from layeron.locator import Locator
from layeron.request import Request
from layeron.signing.context import VerificationContext
from layeron.signing.functions import extracted
from layeron.signing.rule import Signature
from layeron.signing.verdict import Cause, RefusalError
from layeron.signing.wire import parameters, wire_bytes, wire_text

_MOST_SIGNATURES = 100
_BLANK = " \t"  # what HTTP allows around a value


def values_in(rule: Signature, request: Request) -> list[str]:
    """The values in the places that may hold signatures, taken apart where the rule says how."""
    values: list[str] = []
    for name in rule.header_names:
        values += request.headers.getall(name, ())
    if rule.query_param is not None:
        values += _query_values(request, rule.query_param)
    if rule.body_field is not None:
        values += _body_values(request, rule.body_field)
    for separator in rule.separator:
        values = [item for value in values for item in value.split(separator)]
    return [value for each in values if (value := each.strip(_BLANK))]


def signatures_in(rule: Signature, request: Request, values: Sequence[str]) -> Sequence[str]:
    """The texts of all signatures, without their prefix.

    Raises:
        RefusalError: there is none, or there are more than anybody sends.
    """
    extract, prefix = rule.extract, rule.prefix
    if isinstance(extract, str):
        found = _matches(extract, values)
    elif extract is not None:
        found = values = extracted(extract, VerificationContext(request))
    else:
        found = values
    texts = [text[len(prefix) :] for text in found if text.startswith(prefix)]
    if 0 < len(texts) <= _MOST_SIGNATURES:
        return texts
    place = _place(rule)
    if not values:
        raise RefusalError(Cause.MISSING_SIGNATURE, f"{place} is missing")
    kind = f"{prefix!r} signature" if prefix else "signature"
    held = f"{len(texts)} signatures, more than {_MOST_SIGNATURES}" if texts else f"no {kind}"
    raise RefusalError(Cause.MALFORMED_SIGNATURE, f"{place} holds {held}")


def timestamp_in(rule: Signature, request: Request, values: Sequence[str]) -> str | None:
    """The text of the time of signing; None where the rule names no place for it.

    Raises:
        RefusalError: it is missing, or there are several that differ.
    """
    found: Sequence[str]
    if (prefix := rule.timestamp_prefix) is not None:
        found = [value[len(prefix) :] for value in values if value.startswith(prefix)]
    elif rule.timestamp_header is not None:
        found = request.headers.getall(rule.timestamp_header, ())
    elif rule.timestamp_extract is not None:
        found = _matches(rule.timestamp_extract, values)
    elif rule.timestamp_query_param is not None:
        found = _query_values(request, rule.timestamp_query_param)
    elif rule.timestamp_body_field is not None:
        found = _body_values(request, rule.timestamp_body_field)
    else:
        return None
    if not found:
        raise RefusalError(Cause.MISSING_TIMESTAMP, "the request carries no timestamp")
    if len(found) > 1 and len(set(found)) > 1:
        raise RefusalError(Cause.MALFORMED_TIMESTAMP, "the request carries several timestamps")
    return found[0]


def _matches(pattern: str, values: Iterable[str]) -> Sequence[str]:
    return [match[1] for value in values for match in re.finditer(pattern, value) if match[1]]


def _query_values(request: Request, name: str) -> list[str]:
    pairs = parameters(wire_bytes(request.query_string))
    return [value for each, value in pairs if each == wire_text(name)]


def _body_values(request: Request, field: str) -> list[str]:
    value = Locator((f"body.{field}",)).find(request, request.payload)
    return [] if value is None else [wire_text(value)]


def _place(rule: Signature) -> str:
    if rule.header_names:
        return "header " + " or ".join(repr(name) for name in rule.header_names[:3])
    if rule.query_param is not None:
        return f"query parameter {rule.query_param!r}"
    if rule.body_field is not None:
        return f"body field {rule.body_field!r}"
    return "the signature"
