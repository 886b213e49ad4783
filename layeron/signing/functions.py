"""Calling the functions a user puts into a rule: whatever they raise is a refusal, never ours."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import cast

from layeron.errors import DocumentUnavailableError
from layeron.signing.context import Extractor, SignedPayload, VerificationContext, Verifier
from layeron.signing.verdict import Cause, RefusalError


def extracted(function: Extractor, context: VerificationContext) -> Sequence[str]:
    """The signatures that an extractor finds.

    Raises:
        RefusalError: it raised, or returned something else.
    """
    answer = _call("extract", function, context)
    kind = type(answer).__name__
    texts: Sequence[object] = ()
    if isinstance(answer, list | tuple):
        texts = cast("Sequence[object]", answer)
    elif answer is not None:
        texts = (answer,)
    if not all(isinstance(each, str) for each in texts):
        raise _refusal("extract", f"returned {kind}, not text")
    return cast("Sequence[str]", texts)


def signed_bytes(function: SignedPayload, context: VerificationContext) -> bytes:
    """The bytes that a payload function says are signed.

    Raises:
        RefusalError: it raised, or returned something else.
    """
    answer = _call("signed_payload", function, context)
    if isinstance(answer, str):
        return answer.encode("utf-8", "surrogatepass")
    if not isinstance(answer, bytes):
        raise _refusal("signed_payload", f"returned {type(answer).__name__}, not bytes")
    return answer


async def ask(verifier: Verifier, context: VerificationContext) -> bool:
    """Whether a verifier accepts; only True is yes. A plain function runs in a thread.

    Raises:
        RefusalError: it raised.
        DocumentUnavailableError: it needs a document that cannot be had now.
    """
    answer: object
    if inspect.iscoroutinefunction(verifier):
        answer = verifier(context)
    else:
        answer = await asyncio.to_thread(_call, "verify", verifier, context)
    if inspect.isawaitable(answer):
        answer = await _awaited(answer)
    return answer is True


def _call(
    option: str, function: Callable[[VerificationContext], object], context: VerificationContext
) -> object:
    try:
        return function(context)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's function may raise any
        raise _refusal(option, f"raised {type(error).__name__}") from None


async def _awaited(answer: Awaitable[object]) -> object:
    try:
        return await answer
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        # Nobody cancelled us: the verifier waited for something that was cancelled.
        raise _refusal("verify", "was cancelled") from None
    except DocumentUnavailableError:
        raise  # nobody's fault but the network's: the sender shall try again
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's function may raise any
        raise _refusal("verify", f"raised {type(error).__name__}") from None


def _refusal(option: str, what: str) -> RefusalError:
    return RefusalError(Cause.REFUSED_BY_VERIFIER, f"the rule's {option} function {what}")
