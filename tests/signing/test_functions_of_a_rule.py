"""Extractors, payload functions and verifiers of the user: sync or async, and whatever they do."""

import asyncio
import hashlib
import hmac
import sys
import threading
from collections.abc import Awaitable, Sequence
from typing import Any

import pytest

from layeron.signing.context import SignedPayload, VerificationContext, Verifier
from layeron.signing.rule import Signature
from layeron.signing.verdict import Cause, Verdict
from layeron.signing.verify import verify
from tests.support.rules import KEY, NOW, SECRET, UNSIGNED, request, rule, values, with_header


def by_verifier(verifier: Verifier, **options: Any) -> Signature:
    return Signature.model_validate({"verify": verifier, **options})


async def verdict_of(chosen: Signature, *keys: str) -> Verdict:
    return await verify(chosen, UNSIGNED, values(*keys), now=NOW)


async def test_a_plain_verifier_decides_in_a_thread_so_that_it_cannot_block_the_loop() -> None:
    threads: list[threading.Thread] = []

    def slow_but_right(_: VerificationContext) -> bool:
        threads.append(threading.current_thread())
        return True

    assert await verdict_of(by_verifier(slow_but_right)) == Verdict("verified")
    assert threads != [threading.main_thread()]


async def test_an_async_verifier_decides_on_the_loop() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    async def right(_: VerificationContext) -> bool:
        loops.append(asyncio.get_running_loop())
        await asyncio.sleep(0)
        return True

    class Callee:
        async def __call__(self, ctx: VerificationContext) -> bool:
            return await right(ctx)

    def plain(ctx: VerificationContext) -> Awaitable[bool]:
        return right(ctx)

    for verifier in (right, Callee(), plain):
        assert (await verdict_of(by_verifier(verifier))).status == "verified"
    assert loops == [asyncio.get_running_loop()] * 3


async def test_a_verifier_sees_the_whole_request_and_each_live_secret() -> None:
    seen: list[VerificationContext] = []

    def accept_the_old_one(ctx: VerificationContext) -> bool:
        seen.append(ctx)
        return ctx.secret == "the-old-key"

    chosen = by_verifier(
        accept_the_old_one,
        secret=SECRET,
        header="x-signature",
        prefix="v1=",
        timestamp_header="x-timestamp",
    )
    asked = request(b"body", query="a=1&a=2", x_signature="v1=abc", x_timestamp="1777888800")
    keys = values("the-new-key", "the-old-key")
    verdict = await verify(chosen, asked, keys, now=NOW)
    assert verdict == Verdict("verified", secret=keys[1])
    assert [ctx.secret for ctx in seen] == ["the-new-key", "the-old-key"]
    ctx = seen[0]
    assert (ctx.signature, ctx.timestamp) == ("abc", "1777888800")
    assert (ctx.method, ctx.path, ctx.raw_body) == ("POST", "/vendor", b"body")
    assert ctx.headers["X-Signature"] == "v1=abc"
    assert ctx.query.getall("a") == ["1", "2"]
    assert ctx.request is asked
    assert "the-new-key" not in repr(ctx)


async def test_a_verifier_is_asked_even_where_no_signature_was_found() -> None:
    chosen = by_verifier(lambda ctx: ctx.signature is None, header="x-signature")
    assert (await verdict_of(chosen)).accepted


async def test_a_verifier_with_a_secret_is_not_asked_without_its_value() -> None:
    chosen = by_verifier(lambda _: True, secret=SECRET)
    assert (await verdict_of(chosen)).cause is Cause.UNUSABLE_SECRET
    assert (await verdict_of(chosen, KEY)).accepted


async def test_a_stale_request_is_refused_though_its_verifier_accepts() -> None:
    chosen = by_verifier(lambda _: True, timestamp_header="x-timestamp")
    stale = with_header(UNSIGNED, "x-timestamp", "1777888000")
    assert (await verify(chosen, stale, [], now=NOW)).cause is Cause.STALE_TIMESTAMP
    assert (await verify(chosen, UNSIGNED, [], now=NOW)).cause is Cause.MISSING_TIMESTAMP
    unlimited = by_verifier(lambda _: True, timestamp_header="x-timestamp", tolerance_seconds=None)
    assert (await verify(unlimited, stale, [], now=NOW)).accepted


@pytest.mark.parametrize("answer", [False, None, 0, 1, "yes", [True]], ids=repr)
async def test_only_true_is_yes(answer: Any) -> None:
    verdict = await verdict_of(by_verifier(lambda _: answer))
    assert verdict == Verdict(
        "failed", Cause.REFUSED_BY_VERIFIER, "the rule's verify function said no"
    )


def raises_value_error(_: VerificationContext) -> bool:
    raise ValueError(KEY)


def raises_stop_iteration(_: VerificationContext) -> bool:
    return next(iter(()))


def exits(_: VerificationContext) -> bool:
    sys.exit(KEY)


async def raises_later(_: VerificationContext) -> bool:
    await asyncio.sleep(0)
    raise KeyError(KEY)


async def waits_for_something_cancelled(_: VerificationContext) -> bool:
    future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    future.cancel()
    return await future


@pytest.mark.parametrize(
    ("verifier", "what"),
    [
        (raises_value_error, "raised ValueError"),
        (raises_stop_iteration, "raised StopIteration"),
        (exits, "raised SystemExit"),
        (raises_later, "raised KeyError"),
        (waits_for_something_cancelled, "was cancelled"),
    ],
)
async def test_a_verifier_that_raises_refuses_and_only_the_type_is_told(
    verifier: Verifier, what: str
) -> None:
    verdict = await verdict_of(by_verifier(verifier))
    assert verdict == Verdict(
        "failed", Cause.REFUSED_BY_VERIFIER, f"the rule's verify function {what}"
    )


async def test_cancelling_the_verification_itself_is_no_refusal() -> None:
    started = asyncio.Event()

    async def never(_: VerificationContext) -> bool:
        started.set()
        await asyncio.Event().wait()
        return True

    task = asyncio.create_task(verdict_of(by_verifier(never)))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def signature_of(body: bytes, key: str = KEY) -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("others", [None, ["0" * 64], ("junk",)], ids=["one", "list", "tuple"])
async def test_an_extractor_may_find_one_signature_or_several(others: Any) -> None:
    def extract(ctx: VerificationContext) -> str | Sequence[str]:
        found = ctx.headers["x-proof"].partition("|")[2]
        return found if others is None else type(others)([*others, found])

    asked = with_header(UNSIGNED, "x-proof", f"v1|{signature_of(UNSIGNED.body)}")
    assert (await verify(rule({"extract": extract}), asked, values(KEY), now=NOW)).accepted


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (None, Cause.MISSING_SIGNATURE),
        ([], Cause.MISSING_SIGNATURE),
        ("junk", Cause.MALFORMED_SIGNATURE),
        (b"bytes", Cause.REFUSED_BY_VERIFIER),
        ([1], Cause.REFUSED_BY_VERIFIER),
    ],
    ids=repr,
)
async def test_an_extractor_that_finds_nothing_useful_refuses(answer: Any, cause: Cause) -> None:
    assert (await verdict_of(rule({"extract": lambda _: answer}), KEY)).cause is cause


async def test_an_extractor_that_raises_refuses() -> None:
    verdict = await verdict_of(rule({"extract": lambda ctx: ctx.headers["x-absent"]}), KEY)
    assert verdict.cause is Cause.REFUSED_BY_VERIFIER
    assert verdict.detail == "the rule's extract function raised KeyError"


@pytest.mark.parametrize("as_text", [True, False])
async def test_a_payload_function_says_what_is_signed(as_text: bool) -> None:  # noqa: FBT001  # a parameter of the test
    def payload(ctx: VerificationContext) -> bytes | str:
        signed = f"{ctx.secret}:{ctx.timestamp}:{ctx.raw_body.decode()}"
        return signed if as_text else signed.encode()

    chosen = rule(
        {"header": "x-signature", "timestamp_header": "x-timestamp", "signed_payload": payload}
    )
    signed = f"{KEY}:1777888800:{UNSIGNED.body.decode()}".encode()
    asked = with_header(UNSIGNED, "x-timestamp", "1777888800")
    asked = with_header(asked, "x-signature", signature_of(signed))
    keys = values("another", KEY)
    assert (await verify(chosen, asked, keys, now=NOW)).secret == keys[1]


def signs_an_absent_header(ctx: VerificationContext) -> str:
    return ctx.headers["x-absent"]


def signs_nothing(_: VerificationContext) -> Any:
    return None


@pytest.mark.parametrize(
    ("payload", "what"),
    [
        (signs_an_absent_header, "raised KeyError"),
        (signs_nothing, "returned NoneType, not bytes"),
    ],
)
async def test_a_payload_function_that_fails_refuses(payload: SignedPayload, what: str) -> None:
    chosen = rule({"header": "x-signature", "signed_payload": payload})
    asked = with_header(UNSIGNED, "x-signature", "0" * 64)
    verdict = await verify(chosen, asked, values(KEY), now=NOW)
    assert verdict == Verdict(
        "failed", Cause.REFUSED_BY_VERIFIER, f"the rule's signed_payload function {what}"
    )
