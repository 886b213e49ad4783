"""Read a request's body under a limit and a deadline."""

import asyncio
import re

from starlette.requests import ClientDisconnect, Request

_LENGTH = re.compile(r"[0-9]{1,18}")


class BodyTooLargeError(Exception):
    """The body is, or says it is, larger than the limit."""


class BodyUnreadableError(Exception):
    """The sender went away, was too slow, or its Content-Length is no number."""


async def read_body(request: Request, *, largest: int, seconds: float) -> bytes:
    """The whole body.

    Raises:
        BodyTooLargeError: by its Content-Length before it is read, or while it is counted.
        BodyUnreadableError: it does not arrive whole in time.
    """
    declared = request.headers.get("content-length", "0")
    if not _LENGTH.fullmatch(declared):
        raise BodyUnreadableError("Content-Length is not a number")
    if int(declared) > largest:
        raise BodyTooLargeError
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > largest:
                    raise BodyTooLargeError
                chunks.append(chunk)
    except TimeoutError as error:
        raise BodyUnreadableError("the body did not arrive in time") from error
    except ClientDisconnect as error:
        raise BodyUnreadableError("the sender went away") from error
    return b"".join(chunks)
