"""Verify a request against a rule: bytes in, verdict out, the clock handed in."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from layeron.ports.documents import Documents, NoDocuments
from layeron.request import Request
from layeron.secrets import SecretValue
from layeron.signing.algorithms import SCHEMES, Check
from layeron.signing.context import VerificationContext, Verifier
from layeron.signing.encoding import CODECS
from layeron.signing.functions import ask
from layeron.signing.keys import SecretEncoding, decode_secret
from layeron.signing.message import message_of
from layeron.signing.rule import Algorithm, Signature
from layeron.signing.search import signatures_in, timestamp_in, values_in
from layeron.signing.timestamp import read_timestamp, staleness
from layeron.signing.verdict import Cause, RefusalError, Verdict

_PROGRESS = list(Cause)
_NO_DOCUMENTS = NoDocuments()


async def verify(
    rule: Signature,
    request: Request,
    keys: Sequence[SecretValue],
    *,
    now: datetime,
    documents: Documents = _NO_DOCUMENTS,
) -> Verdict:
    """Decide whether *request* was signed by the holder of one of *keys*.

    Every signature in the request is tried with every key, in constant time, also after one fits.
    Never raises on any request; a function of the rule that raises is a refusal.

    Raises:
        DocumentUnavailableError: a verifier needs a document that cannot be had now.
    """
    refusals: list[RefusalError] = []
    for each in (rule, *rule.also):
        try:
            if each.verify is not None:
                key = await _key_by_verifier(each, each.verify, request, keys, now, documents)
            elif each.algorithm == "none":
                return Verdict("skipped")
            else:
                key = _key_by_algorithm(each, request, keys, now)
        except RefusalError as refusal:
            refusals.append(refusal)
        else:
            return Verdict("verified", secret=key)
    # Of several refusals the one that got furthest tells most.
    furthest = max(refusals, key=lambda each: _PROGRESS.index(each.cause))
    return Verdict("failed", furthest.cause, furthest.detail)


def _key_by_algorithm(
    rule: Signature, request: Request, keys: Sequence[SecretValue], now: datetime
) -> SecretValue:
    """The first key that proves the request; raises RefusalError when none does."""
    values = values_in(rule, request)
    candidates = _decoded(rule, signatures_in(rule, request, values))
    timestamp = timestamp_in(rule, request, values)
    stale = _staleness(rule, timestamp, now)
    matching: list[SecretValue] = []
    troubles: list[str] = []
    tried = 0
    for key in keys:
        if key.secret not in rule.own_secrets:
            continue
        message = message_of(rule, request, timestamp, key.value)
        for encoding in rule.secret_encodings:
            try:
                check = _checker(rule.algorithm, encoding, key.value)
            except ValueError as error:
                troubles.append(f"secret {key.secret.name!r} ({key.version}) {error}")
                continue
            tried += 1
            if check(message, candidates):
                matching.append(key)
    if matching and stale:
        raise stale
    if matching:
        return matching[0]
    if not tried:
        raise _unusable(rule, troubles)
    raise RefusalError(
        Cause.NO_MATCH,
        f"no signature matched: tried {len(candidates)} signature(s) with {tried} key(s)",
    )


@lru_cache(maxsize=256)
def _checker(algorithm: Algorithm, encoding: SecretEncoding, secret: str) -> Check:
    """A secret ready to check messages; kept, because a service has few and uses them often.

    Raises:
        ValueError: it is no key for the algorithm.
    """
    return SCHEMES[algorithm].checker(decode_secret(secret, encoding))


async def _key_by_verifier(
    rule: Signature,
    verifier: Verifier,
    request: Request,
    keys: Sequence[SecretValue],
    now: datetime,
    documents: Documents,
) -> SecretValue | None:
    """The first key the rule's own function accepts, or None where the rule has no secret."""
    values = values_in(rule, request)
    try:
        text = signatures_in(rule, request, values)[0]
    except RefusalError:
        text = None  # the function decides about that too
    timestamp = timestamp_in(rule, request, values)
    stale = _staleness(rule, timestamp, now)
    mine = [key for key in keys if key.secret in rule.own_secrets]
    if rule.own_secrets and not mine:
        raise _unusable(rule, ())
    accepted: list[SecretValue | None] = []
    candidates: Sequence[SecretValue | None] = mine or [None]
    for key in candidates:
        context = VerificationContext(
            request, timestamp, text, key.value if key is not None else "", documents, now
        )
        if await ask(verifier, context):
            accepted.append(key)
    if not accepted:
        raise RefusalError(Cause.REFUSED_BY_VERIFIER, "the rule's verify function said no")
    if stale:
        raise stale
    return accepted[0]


def _unusable(rule: Signature, troubles: Sequence[str]) -> RefusalError:
    names = " and ".join(repr(each.name) for each in rule.own_secrets)
    detail = "; ".join(troubles) or f"secret {names} has no value"
    return RefusalError(Cause.UNUSABLE_SECRET, detail)


def _staleness(rule: Signature, timestamp: str | None, now: datetime) -> RefusalError | None:
    """The refusal of a stale request, to be raised only if it proves to be truly signed."""
    if timestamp is None or rule.tolerance_seconds is None:
        return None
    seconds = read_timestamp(timestamp, rule.timestamp_format)
    return staleness(seconds, now=now, tolerance=rule.tolerance_seconds)


def _decoded(rule: Signature, texts: Sequence[str]) -> Sequence[bytes]:
    """The signatures that are well written; one that is not cannot match."""
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
