"""Trouble of ours: told to the engine so that it waits, and nobody's attempt is used up."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from layeron import names
from layeron.errors import UnavailableError

logger = logging.getLogger("layeron.worker")

LOGGED = ApplicationErrorCategory.BENIGN
"""Of failures that we log ourselves, in one line: Temporal's worker adds no traceback of ours."""


@asynccontextmanager
async def trouble_of_ours(
    event_id: str, *known: object, kind: str = names.UNAVAILABLE
) -> AsyncGenerator[None]:
    """Name trouble to the engine in our words alone: those of a driver may hold what is secret.

    Args:
        event_id: of what waits for it to end.
        known: what the workflow has to know to go on by itself; without it the engine does the
            same again.
        kind: the type of the failure.
    """
    try:
        yield
    except UnavailableError as error:
        logger.warning("%s: not done yet, it is tried again: %s", event_id, error)
        raise ApplicationError(
            f"{type(error).__name__}: {error}",
            *known,
            type=kind,
            non_retryable=bool(known),
            category=LOGGED,
        ) from None
