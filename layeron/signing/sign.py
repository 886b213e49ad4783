"""Sign a request by a rule: the sender's half of `verify`."""

from collections.abc import Sequence
from datetime import datetime

from layeron.errors import ConfigurationError
from layeron.request import Request
from layeron.signing.algorithms import SCHEMES
from layeron.signing.encoding import CODECS
from layeron.signing.keys import decode_secret
from layeron.signing.message import message_of
from layeron.signing.rule import Signature
from layeron.signing.search import signatures_in, timestamp_in, values_in
from layeron.signing.timestamp import write_timestamp
from layeron.signing.verdict import RefusalError
from layeron.signing.writing import with_body_field, with_headers, with_query_parameter


def sign(rule: Signature, request: Request, secrets: Sequence[str], *, now: datetime) -> Request:
    """The request with what *rule* asks for added: the time of signing and the signature.

    With several secrets (during a rotation) it carries a signature by each. For public-key
    algorithms a secret is the private key. Of a rule with ``also``, the first one is followed that
    the secrets are keys for.

    Raises:
        ConfigurationError: the rule cannot be followed, or a secret is no key for it; the message
            holds no secret.
    """
    if rule.algorithm == "none" and rule.verify is None:
        return request
    if not secrets:
        raise _cannot("no secret was given")
    troubles: list[str] = []
    for each in (rule, *rule.also):
        try:
            return _by_one_rule(each, request, secrets, now)
        except ValueError as error:
            troubles.append(str(error))
    raise _cannot(f"the secret {troubles[0]}")


def _by_one_rule(
    rule: Signature, request: Request, secrets: Sequence[str], now: datetime
) -> Request:
    """Raises ValueError when a secret is no key for the rule."""
    if rule.sign is not None:
        return rule.sign(request, secrets[0], now)
    if rule.verify is not None:
        raise _cannot("the rule's verify function can only say yes or no; give it sign=…")
    if len(secrets) > 1 and not rule.separator:
        raise _cannot("the rule has no separator to part the signatures of several secrets")
    timestamp = write_timestamp(now, rule.timestamp_format) if rule.timestamp_places else None
    request = _with_timestamp(rule, request, timestamp)
    try:
        texts = [_signature(rule, request, timestamp, secret) for secret in secrets]
        signed = _with_signatures(rule, request, timestamp, texts)
        _read_back(rule, signed, timestamp, texts)
    except RefusalError as refusal:
        raise _cannot(refusal.detail) from None
    return signed


def _signature(rule: Signature, request: Request, timestamp: str | None, secret: str) -> str:
    message = message_of(rule, request, timestamp, secret)
    trouble = ValueError()
    for encoding in rule.secret_encodings:
        try:
            signature = SCHEMES[rule.algorithm].sign(decode_secret(secret, encoding), message)
        except ValueError as error:
            trouble = error
            continue
        return CODECS[rule.encoding].encode(signature)
    raise trouble


def _with_timestamp(rule: Signature, request: Request, timestamp: str | None) -> Request:
    """The request with the time, unless that is written together with the signature."""
    if timestamp is None:
        return request
    if rule.timestamp_header is not None:
        return with_headers(request, [(rule.timestamp_header, timestamp)])
    if rule.timestamp_query_param is not None:
        return with_query_parameter(request, rule.timestamp_query_param, timestamp)
    if rule.timestamp_body_field is not None:
        return _set_body_field(request, rule.timestamp_body_field, timestamp)
    return request


def _with_signatures(
    rule: Signature, request: Request, timestamp: str | None, texts: Sequence[str]
) -> Request:
    values = [f"{rule.prefix}{text}" for text in texts]
    if rule.timestamp_prefix is not None:
        values.insert(0, f"{rule.timestamp_prefix}{timestamp}")
    value = rule.separator[:1].join(values)
    if rule.layout is not None:
        value = rule.layout.format(timestamp=timestamp, signature=value)
    if rule.header_names:
        return with_headers(request, [(rule.header_names[0], value)])
    if rule.query_param is not None:
        return with_query_parameter(request, rule.query_param, value)
    if rule.body_field is not None:
        return _set_body_field(request, rule.body_field, value)
    raise _cannot("the rule's extract function does not say where the signature goes; add header")


def _set_body_field(request: Request, field: str, value: str) -> Request:
    try:
        return with_body_field(request, field, value)
    except ValueError as error:
        raise _cannot(str(error)) from None


def _read_back(
    rule: Signature, signed: Request, timestamp: str | None, texts: Sequence[str]
) -> None:
    """Make sure that a receiver finds what was written: ``extract`` may expect another layout."""
    try:
        values = values_in(rule, signed)
        fits = set(texts) <= set(signatures_in(rule, signed, values))
        fits &= timestamp_in(rule, signed, values) == timestamp
    except RefusalError:
        fits = False
    if not fits:
        raise _cannot(
            "the rule does not extract what was written; say how the header looks, such as"
            " layout='t={timestamp},v1={signature}'"
        )


def _cannot(why: str) -> ConfigurationError:
    return ConfigurationError(f"The request cannot be signed: {why}.")
