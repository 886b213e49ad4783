"""Verification told step by step: where it was looked, what was signed, what matched."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from layeron.ports.documents import Documents
from layeron.request import Request
from layeron.secrets import SecretValue
from layeron.signing.algorithms import SCHEMES
from layeron.signing.diagnosis import diagnose
from layeron.signing.encoding import CODECS
from layeron.signing.keys import decode_secret
from layeron.signing.message import message_of
from layeron.signing.rule import Signature
from layeron.signing.search import signatures_in, timestamp_in, values_in
from layeron.signing.timestamp import read_timestamp
from layeron.signing.verdict import RefusalError, Verdict
from layeron.signing.verify import verify
from layeron.text import printable

SIGNED_CONTENT = "signed content"
_LONGEST_EXCERPT = 240


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a verification.

    Attributes:
        good: None where there was nothing to decide.
    """

    title: str
    detail: str
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All steps, and what they came to."""

    steps: list[Step]
    verdict: Verdict


async def explain(
    rule: Signature,
    request: Request,
    keys: Sequence[SecretValue],
    *,
    now: datetime,
    documents: Documents,
    for_holder: bool = True,
) -> Explanation:
    """Verify, and tell how; no step holds a secret.

    Args:
        rule: how the request must be signed.
        request: what was received.
        keys: every live value of the rule's secrets.
        now: when it was received.
        documents: fetches certificates and key sets.
        for_holder: whoever reads it may read the secrets, too. Others are not told which
            signature was expected: with it, the request could be forged.

    Raises:
        DocumentUnavailableError: a certificate or key set is needed that cannot be had now.
    """
    verdict = await verify(rule, request, keys, now=now, documents=documents)
    verdict = await diagnose(rule, request, keys, verdict, now=now)
    steps: list[Step] = []
    for number, each in enumerate((rule, *rule.also)):
        if number:
            steps.append(Step("or", "the other rule:"))
        steps.extend(_steps(each, request, keys, now, for_holder=for_holder))
    return Explanation(steps, verdict)


def _steps(
    rule: Signature,
    request: Request,
    keys: Sequence[SecretValue],
    now: datetime,
    *,
    for_holder: bool,
) -> Iterator[Step]:
    if rule.verify is not None:
        yield Step("verifier", "a function decides alone")
        return
    if rule.algorithm == "none":
        yield Step("signature", "none is asked for", good=True)
        return
    values = values_in(rule, request)
    try:
        texts = signatures_in(rule, request, values)
        yield Step("signature", f"found {_shown(texts)}", good=True)
        timestamp = timestamp_in(rule, request, values)
        if timestamp is not None:
            yield _time(rule, timestamp, now)
    except RefusalError as refusal:
        yield Step("signature", refusal.detail, good=False)
        return
    mine = [key for key in keys if key.secret in rule.own_secrets]
    if not mine:
        yield Step("secret", "none of the rule's secrets has a value", good=False)
    for key in mine:
        yield from _by_key(rule, request, timestamp, texts, key, for_holder=for_holder)


def _time(rule: Signature, timestamp: str, now: datetime) -> Step:
    try:
        seconds = read_timestamp(timestamp, rule.timestamp_format)
    except RefusalError as refusal:
        return Step("time of signing", refusal.detail, good=False)
    age = now.timestamp() - seconds
    limit = rule.tolerance_seconds
    allowed = "any is allowed" if limit is None else f"{limit:g} s are allowed"
    return Step(
        "time of signing",
        f"{printable(timestamp, 40)}: {abs(age):.0f} s {'ago' if age >= 0 else 'ahead'}, {allowed}",
        good=limit is None or abs(age) <= limit,
    )


def _by_key(
    rule: Signature,
    request: Request,
    timestamp: str | None,
    texts: Sequence[str],
    key: SecretValue,
    *,
    for_holder: bool,
) -> Iterator[Step]:
    name = f"secret {key.secret.name} ({key.version})"
    try:
        message = message_of(rule, request, timestamp, key.value)
    except RefusalError as refusal:
        yield Step(SIGNED_CONTENT, refusal.detail, good=False)
        return
    if rule.algorithm not in {"token", "basic"}:
        # What a function says is signed may hold the secret.
        tellable = for_holder or not callable(rule.signed_payload)
        excerpt = f": {_excerpt(message)}" if tellable else ""
        yield Step(SIGNED_CONTENT, f"{len(message)} bytes{excerpt}")
    for encoding in rule.secret_encodings:
        try:
            secret = decode_secret(key.value, encoding)
            check = SCHEMES[rule.algorithm].checker(secret)
        except ValueError as error:
            yield Step(name, f"{error}", good=False)
            continue
        decoded = list(_decoded(rule, texts))
        good = check(message, decoded)
        expected = ""
        if rule.algorithm.startswith("hmac-") and for_holder:
            made = SCHEMES[rule.algorithm].sign(secret, message)
            expected = f": expected {CODECS[rule.encoding].encode(made)}"
        yield Step(f"{name}, read as {encoding}", f"{rule.algorithm}{expected}", good=good)


def _decoded(rule: Signature, texts: Sequence[str]) -> Iterator[bytes]:
    for text in texts:
        try:
            yield CODECS[rule.encoding].decode(text)
        except ValueError:
            continue


def _shown(texts: Sequence[str]) -> str:
    return ", ".join(printable(text, 140) for text in texts[:5])


def _excerpt(message: bytes) -> str:
    text = message[:_LONGEST_EXCERPT].decode("utf-8", "backslashreplace")
    return printable(text, _LONGEST_EXCERPT)
