"""A request as it may be kept: what would let its reader act as the sender is left out."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from urllib.parse import unquote_plus

from layeron.redaction import REDACTED
from layeron.request import Request, headers_of
from layeron.signing.rule import Signature

_ALWAYS = frozenset({"authorization", "cookie", "proxy-authorization"})


def without_credentials(
    rule: Signature, request: Request, secret_headers: AbstractSet[str] = frozenset()
) -> Request:
    """The request without the tokens that its rule compares, nor other credentials in its headers.

    A signature is none: it proves this one request. The body stays as it is, for handlers.

    Args:
        rule: how the request was verified.
        request: as it was received.
        secret_headers: more header fields to leave out, in lower case.
    """
    token_rules = [each for each in (rule, *rule.also) if each.algorithm in {"token", "basic"}]
    hidden = {name.lower() for each in token_rules for name in each.header_names}
    hidden |= _ALWAYS | secret_headers
    headers = [
        (name, REDACTED if name.lower() in hidden else text)
        for name, text in request.headers.items()
    ]
    parameters = {each.query_param for each in token_rules} - {None}
    if not parameters or not request.query_string:
        return replace(request, headers=headers_of(headers))
    pairs = [pair.partition("=") for pair in request.query_string.split("&")]
    query_string = "&".join(
        f"{name}={REDACTED}" if unquote_plus(name) in parameters else f"{name}{equals}{text}"
        for name, equals, text in pairs
    )
    address, mark, _ = request.url.partition("?")
    return replace(
        request,
        headers=headers_of(headers),
        url=f"{address}{mark}{query_string}" if mark else address,
        query_string=query_string,
    )
