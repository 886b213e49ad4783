"""Why no signature matched: try what usually goes wrong, and say what would have matched.

Too slow for the receiver's path: it is done for refusals that are kept, and by `layeron verify`.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast, get_args

from layeron.request import Request
from layeron.secrets import SecretValue
from layeron.signing.encoding import Encoding
from layeron.signing.keys import SECRET_ENCODINGS
from layeron.signing.rule import Signature
from layeron.signing.verdict import Cause, Verdict
from layeron.signing.verify import verify

_LARGEST_BODY = 64 * 2**10
_MOST_VALUES = 5_000
_DEEPEST = 32
"""How much JSON is written anew, and how deeply nested. Anybody can send a body, and to indent a
few kilobytes that nest a hundred deep takes seconds."""

_TELLABLE = {Cause.NO_MATCH, Cause.MALFORMED_SIGNATURE}
_HMACS = ("hmac-sha256", "hmac-sha1", "hmac-sha512")


@dataclass(frozen=True, slots=True)
class _Guess:
    """A change after which the request would verify.

    Attributes:
        says: what it means, to follow on "it matches".
        altered: whether the body was changed on its way, rather than a rule or secret be wrong.
    """

    says: str
    rule: Signature
    request: Request
    keys: Sequence[SecretValue]
    altered: bool = False


async def diagnose(
    rule: Signature,
    request: Request,
    keys: Sequence[SecretValue],
    verdict: Verdict,
    *,
    now: datetime,
) -> Verdict:
    """The same verdict, or a more exact one when it can be told why nothing matched."""
    by_function = any(each.verify is not None for each in (rule, *rule.also))
    if verdict.cause not in _TELLABLE or by_function or len(request.body) > _LARGEST_BODY:
        return verdict
    for guess in _guesses(rule, request, keys):
        await asyncio.sleep(0)  # others are served in between
        if (await verify(guess.rule, guess.request, guess.keys, now=now)).accepted:
            cause = Cause.BODY_ALTERED if guess.altered else verdict.cause
            return Verdict("failed", cause, f"{verdict.detail}; it matches {guess.says}")
    return verdict


def _guesses(rule: Signature, request: Request, keys: Sequence[SecretValue]) -> Iterator[_Guess]:
    for says, body in _bodies(request.body):
        yield _Guess(says, rule, replace(request, body=body), keys, altered=True)
    for says, changed in _keys(keys):
        yield _Guess(says, rule, request, changed)
    for says, url in _urls(request.url):
        yield _Guess(says, rule, replace(request, url=url), keys)
    for says, changed_rule in _rules(rule):
        yield _Guess(says, changed_rule, request, keys)


def _bodies(body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the body may have been before a proxy or a framework wrote it anew."""
    yield "without the white space around the body", body.strip()
    yield "with the body's line ends as LF", body.replace(b"\r\n", b"\n")
    yield "with the body's line ends as CRLF", body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    yield "with a line end after the body", body + b"\n"
    yield "without the byte order mark", body.removeprefix(b"\xef\xbb\xbf")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not _is_modest(value):
        return
    for form, options in _JSON_FORMS:
        for order, sort_keys in (("", False), (" and sorted keys", True)):
            for ascii_only in (True, False):
                text = json.dumps(value, sort_keys=sort_keys, ensure_ascii=ascii_only, **options)
                written = text.encode("utf-8", "surrogatepass")
                yield f"when the JSON body is written anew {form}{order}", written


def _is_modest(value: object) -> bool:
    """Whether it has no more values, nor deeper ones, than is written anew."""
    level, seen = [value], 0
    for _ in range(_DEEPEST):
        seen += len(level)
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return seen <= _MOST_VALUES
    return False


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return cast("Mapping[str, object]", value).values()
    return cast("list[object]", value) if isinstance(value, list) else ()


_JSON_FORMS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("without spaces", {"separators": (",", ":")}),
    ("with spaces", {}),
    ("indented by 2", {"indent": 2}),
    ("indented by 4", {"indent": 4}),
)


def _keys(keys: Sequence[SecretValue]) -> Iterator[tuple[str, Sequence[SecretValue]]]:
    """What is often wrong with a value that was copied."""
    stripped = [replace(key, value=key.value.strip().strip("'\"")) for key in keys]
    yield "without quotes or white space around the secret: set it again", stripped


def _urls(url: str) -> Iterator[tuple[str, str]]:
    """How a proxy may show another address than the provider called."""
    address, mark, query = url.partition("?")
    other = "http" if address.startswith("https:") else "https"
    swapped = f"{other}:{address.partition(':')[2]}"
    slashed = address.rstrip("/") if address.endswith("/") else f"{address}/"
    for changed in (swapped, slashed):
        yield (
            f"for the address {changed}: declare url='{changed}', or set LAYERON_TRUST_PROXY",
            f"{changed}{mark}{query}",
        )


def _rules(rule: Signature) -> Iterator[tuple[str, Signature]]:
    """Neighbours of the rule: another reading of the secret, algorithm or encoding."""
    for encoding in SECRET_ENCODINGS:
        yield from _changed(rule, f"with secret_encoding={encoding!r}", secret_encoding=encoding)
    for algorithm in _HMACS if rule.algorithm in _HMACS else ():
        for encoding in get_args(Encoding):
            says = f"with algorithm={algorithm!r} and encoding={encoding!r}"
            yield from _changed(rule, says, algorithm=algorithm, encoding=encoding)
    yield from _changed(rule, "with signed_payload='raw_body'", signed_payload="raw_body")
    for payload in ("{timestamp}.{body}", "{timestamp}{body}", "{body}{timestamp}"):
        if rule.timestamp_places:
            yield from _changed(rule, f"with signed_payload={payload!r}", signed_payload=payload)


def _changed(rule: Signature, says: str, **changes: object) -> Iterator[tuple[str, Signature]]:
    known = {name: getattr(rule, name) for name in rule.model_fields_set}
    try:
        yield says, Signature.model_validate({**known, "also": (), **changes})
    except ValueError:
        return  # no rule at all
