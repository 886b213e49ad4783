"""Verifications a second, side by side with the providers' own libraries on the same requests."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

import standardwebhooks
import stripe
import svix

from benchmarks.figure import Figure
from layeron import secret, webhooks
from layeron.declaration import InboundWebhook
from layeron.request import Request
from layeron.secrets import SecretValue
from layeron.signing.verify import verify
from layeron.testing import signed_request

_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  # an example's
_SIZES = {"1 kB": 1_000, "100 kB": 100_000}
_ROUNDS = 7
_ROUND_SECONDS = 0.3
_TARGET = 1.0


def run() -> list[Figure]:
    """The ratio of our rate to theirs, for each library and size."""
    return [
        Figure(f"verifications/s ÷ {name}'s, {size}", _ratio(ours, theirs), at_least=_TARGET)
        for size, length in _SIZES.items()
        for name, ours, theirs in _pairs(length)
    ]


def _pairs(length: int) -> list[tuple[str, Callable[[int], None], Callable[[], object]]]:
    body = json.dumps({"id": "evt_1", "object": "event", "type": "t", "pad": "x" * length}).encode()
    by_stripe = webhooks.stripe(path="/s", secret=secret("KEY"))
    by_standard = webhooks.standard(path="/w", secret=secret("KEY"))
    by_svix = webhooks.svix(path="/x", secret=secret("KEY"))
    s, w, x = (
        signed_request(each, body, secrets=_SECRET) for each in (by_stripe, by_standard, by_svix)
    )
    signature = s.headers["stripe-signature"]
    standard, other = standardwebhooks.Webhook(_SECRET), svix.Webhook(_SECRET)
    w_headers, x_headers = dict(w.headers), dict(x.headers)
    construct: Any = stripe.Webhook.construct_event  # pyright: ignore[reportUnknownMemberType]  # untyped
    return [
        ("stripe", _ours(by_stripe, s), lambda: construct(s.body, signature, _SECRET)),
        ("standardwebhooks", _ours(by_standard, w), lambda: standard.verify(w.body, w_headers)),
        ("svix", _ours(by_svix, x), lambda: other.verify(x.body, x_headers)),
    ]


def _ours(webhook: InboundWebhook, request: Request) -> Callable[[int], None]:
    """Our half, many times in one event loop, as the receiver does it."""
    keys = [SecretValue(each, "latest", _SECRET) for each in webhook.secrets]

    async def many(times: int) -> None:
        for _ in range(times):
            verdict = await verify(webhook.signature, request, keys, now=datetime.now(UTC))
            if not verdict.accepted:
                raise RuntimeError(f"our own sample was refused: {verdict}")

    return lambda times: asyncio.run(many(times))


def _ratio(ours: Callable[[int], None], theirs: Callable[[], object]) -> float:
    """Median of the ratios of neighbouring rounds."""

    def them(times: int) -> None:
        for _ in range(times):
            theirs()

    times = _times(ours)
    their_times = _times(them)
    ratios: list[float] = []
    for _ in range(_ROUNDS):
        mine = times / _seconds(ours, times)
        ratios.append(mine / (their_times / _seconds(them, their_times)))
    return median(ratios)


def _times(work: Callable[[int], None]) -> int:
    """How often the work fits a round."""
    times = 1
    while (taken := _seconds(work, times)) < _ROUND_SECONDS / 4:
        times *= 2
    return max(1, round(times * _ROUND_SECONDS / taken))


def _seconds(work: Callable[[int], None], times: int) -> float:
    start = time.perf_counter()
    work(times)
    return time.perf_counter() - start
