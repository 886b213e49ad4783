"""Customers that verify with the official libraries of Standard Webhooks."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol, Self
from unittest.mock import patch

import standardwebhooks
import svix

from layeron.request import Request
from tests.support.customer import Answering
from tests.support.node import ask_node


class Library(Protocol):
    """Whether a library accepts a request, on a machine whose clock is ahead by *late*."""

    def __call__(
        self, request: Request, secret: str, *, late: timedelta = timedelta(0)
    ) -> bool: ...


def by_standardwebhooks(request: Request, secret: str, *, late: timedelta = timedelta(0)) -> bool:
    try:
        with _clock_ahead(late):
            standardwebhooks.Webhook(_known(secret)).verify(request.body, dict(request.headers))
    except standardwebhooks.WebhookVerificationError:
        return False
    return True


def by_svix(request: Request, secret: str, *, late: timedelta = timedelta(0)) -> bool:
    try:
        with _clock_ahead(late):
            svix.Webhook(_known(secret)).verify(request.body, dict(request.headers))
    except svix.WebhookVerificationError:
        return False
    return True


def by_node(request: Request, secret: str, *, late: timedelta = timedelta(0)) -> bool:
    case = {
        "secret": _known(secret),
        "body": request.body.decode(),
        "headers": dict(request.headers),
        "late": late.total_seconds(),
    }
    (accepted,) = ask_node("standardwebhooks.mjs", [case])
    return bool(accepted)


LIBRARIES: Mapping[str, Library] = {
    "standardwebhooks": by_standardwebhooks,
    "svix": by_svix,
    "standardwebhooks for Node": by_node,
}


def verifying(library: Library, secret: str) -> Answering:
    """A receiver that answers 204 to what its library accepts, and 401 to all else."""

    async def answer(request: Request) -> int:
        accepted = await asyncio.to_thread(library, request, secret)
        return 204 if accepted else 401

    return answer


def _known(secret: str) -> str:
    """The secret as the libraries take it, which know no other prefix than ``whsec_``."""
    return secret.removeprefix("whcms_")


def _clock_ahead(late: timedelta) -> AbstractContextManager[object]:
    if not late:  # the receivers verify in threads, where nothing may be exchanged
        return nullcontext()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp((datetime.now(UTC) + late).timestamp(), tz)

    return patch("standardwebhooks.webhooks.datetime", Clock)
