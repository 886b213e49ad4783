"""Senders for tests, and how to read what they answer."""

import socket
import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from ipaddress import ip_network

from layeron.adapters.sender import PooledSender
from layeron.adapters.sender.guard import Guard
from layeron.adapters.sender.resolving import Resolve, Resolver
from layeron.outbound.records import FailureKind
from layeron.ports.sender import Answered, Sender, Unanswered

BODY = b'{"id":1}'
HEADERS = [("content-type", "application/json"), ("webhook-id", "msg_1")]
PATH = "/hook?token=s3cret"


def names(table: Mapping[str, Sequence[str]]) -> Resolve:
    """A resolver that knows these names alone."""

    async def resolve(host: str) -> list[str]:
        if host not in table:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return list(table[host])

    return resolve


@asynccontextmanager
async def sending(
    *,
    allow: Sequence[str] = ("127.0.0.1/32",),
    ports: Sequence[int] = (80, 443),
    https_only: bool = False,
    resolve: Resolve | None = None,
    trust: ssl.SSLContext | None = None,
    proxy: str | None = None,
    resolver: Resolver | None = None,
) -> AsyncGenerator[PooledSender]:
    """A sender that may reach the receivers of tests."""
    guard = Guard(
        allowed=[ip_network(each) for each in allow],
        ports=ports,
        https_only=https_only,
        resolve=resolve or names({}),
    )
    sender = PooledSender(guard, trust=trust or _system_trust(), proxy=proxy, resolver=resolver)
    try:
        yield sender
    finally:
        await sender.close()


@cache
def _system_trust() -> ssl.SSLContext:
    """What takes longer to load than most tests take."""
    return ssl.create_default_context()


async def post(sender: Sender, url: str, seconds: float = 20) -> Answered | Unanswered:
    """Send the usual event."""
    return await sender.post(url, headers=HEADERS, body=BODY, seconds=seconds)


async def answer(sender: Sender, url: str) -> Answered:
    """What is answered to the usual event."""
    outcome = await post(sender, url)
    assert isinstance(outcome, Answered), outcome
    return outcome


async def failure(
    sender: Sender, url: str, kind: FailureKind, detail: str, seconds: float = 20
) -> Unanswered:
    """How the usual event fails; no part of the path is told, since it may hold a token."""
    outcome = await post(sender, url, seconds)
    assert isinstance(outcome, Unanswered), outcome
    assert (outcome.kind, detail in outcome.detail) == (kind, True), outcome
    assert "s3cret" not in repr(outcome)
    return outcome
