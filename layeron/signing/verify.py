"""Verify a request against a rule: bytes in, verdict out, the clock handed in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from layeron.request import Request
from layeron.secrets import SecretValue
from layeron.signing.algorithms import SCHEMES
from layeron.signing.context import VerificationContext, Verifier
from layeron.signing.encoding import CODECS
from layeron.signing.functions import ask
from layeron.signing.keys import decode_secret
from layeron.signing.message import message_of
from layeron.signing.rule import Signature
from layeron.signing.search import find_signatures, find_timestamp
from layeron.signing.timestamp import read_timestamp, refuse_unless_fresh
from layeron.signing.verdict import Cause, RefusalError, Verdict

_PROGRESS = list(Cause)


async def verify(
    rule: Signature, request: Request, keys: Sequence[SecretValue], *, now: datetime
) -> Verdict:
    """Decide whether *request* was signed by the holder of one of *keys*.

    Every signature in the request is tried with every key, in constant time, also after one fits.
    Never raises on any request; a function of the rule that raises is a refusal.
    """
    verdict = await _by_one_rule(rule, request, keys, now)
    for other in rule.also:
        if verdict.accepted:
            break
        verdict = max(verdict, await verify(other, request, keys, now=now), key=_progress)
    return verdict


async def _by_one_rule(
    rule: Signature, request: Request, keys: Sequence[SecretValue], now: datetime
) -> Verdict:
    if rule.algorithm == "none" and rule.verify is None:
        return Verdict("skipped")
    try:
        return Verdict("verified", secret=await _proof(rule, request, keys, now))
    except RefusalError as refusal:
        return Verdict("failed", refusal.cause, refusal.detail)


def _progress(verdict: Verdict) -> int:
    """How far verification got: of two refusals the later one tells more."""
    return len(_PROGRESS) if verdict.cause is None else _PROGRESS.index(verdict.cause)


async def _proof(
    rule: Signature, request: Request, keys: Sequence[SecretValue], now: datetime
) -> SecretValue | None:
    """Which key proves the request; raises RefusalError when none does."""
    mine = [key for key in keys if key.secret in rule.own_secrets]
    if rule.own_secrets and not mine:
        names = " and ".join(repr(each.name) for each in rule.own_secrets)
        raise RefusalError(Cause.UNUSABLE_SECRET, f"secret {names} has no value")
    texts = _signatures(rule, request)
    timestamp = find_timestamp(rule, request) if rule.timestamp_places else None
    seconds = None
    if timestamp is not None and rule.tolerance_seconds is not None:
        seconds = read_timestamp(timestamp, rule.timestamp_format)
    context = VerificationContext(request, timestamp, texts[0] if texts else None)
    if rule.verify is not None:
        key = await _accepted_key(rule.verify, context, mine)
    else:
        key = _matching_key(rule, context, mine, texts)
    if seconds is not None and rule.tolerance_seconds is not None:
        # Only now, so that "stale" always speaks of a request that was truly signed.
        refuse_unless_fresh(seconds, now=now, tolerance=rule.tolerance_seconds)
    return key


def _signatures(rule: Signature, request: Request) -> Sequence[str]:
    try:
        return find_signatures(rule, VerificationContext(request))
    except RefusalError:
        if rule.verify is None:
            raise
        return ()  # a verifier decides about that too


async def _accepted_key(
    verifier: Verifier, context: VerificationContext, keys: Sequence[SecretValue]
) -> SecretValue | None:
    if not keys and await ask(verifier, context):
        return None
    accepted = [key for key in keys if await ask(verifier, replace(context, secret=key.value))]
    if not accepted:
        raise RefusalError(Cause.REFUSED_BY_VERIFIER, "the rule's verify function said no")
    return accepted[0]


def _matching_key(
    rule: Signature,
    context: VerificationContext,
    keys: Sequence[SecretValue],
    texts: Sequence[str],
) -> SecretValue:
    scheme = SCHEMES[rule.algorithm]
    candidates = _decoded(rule, texts)
    matching: list[SecretValue] = []
    troubles: list[str] = []
    tried = 0
    for key in keys:
        message = message_of(rule, context, key.value)
        for encoding in rule.secret_encodings:
            try:
                matches = scheme.matches(decode_secret(key.value, encoding), message, candidates)
            except ValueError as error:
                troubles.append(f"secret {key.secret.name!r} ({key.version}) {error}")
                continue
            tried += 1
            if matches:
                matching.append(key)
    if matching:
        return matching[0]
    if not tried:
        raise RefusalError(Cause.UNUSABLE_SECRET, "; ".join(dict.fromkeys(troubles)))
    raise RefusalError(
        Cause.NO_MATCH,
        f"none of {len(candidates)} signatures fits any of {len(keys)} keys",
    )


def _decoded(rule: Signature, texts: Sequence[str]) -> Sequence[bytes]:
    """The signatures that are well written; one that is not cannot fit."""
    decode, size = CODECS[rule.encoding].decode, SCHEMES[rule.algorithm].size
    decoded: list[bytes] = []
    trouble = ""
    for text in texts:
        try:
            signature = decode(text)
        except ValueError:
            trouble = f"the signature is not written in {rule.encoding}"
            continue
        if size is None or len(signature) == size:
            decoded.append(signature)
        else:
            trouble = f"the signature has {len(signature)} bytes; {rule.algorithm} has {size}"
    if not decoded:
        raise RefusalError(Cause.MALFORMED_SIGNATURE, trouble)
    return decoded
