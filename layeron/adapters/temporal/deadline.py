"""One deadline and one translation of errors for every call to Temporal."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.service import RPCError

from layeron.errors import EngineUnavailableError


@asynccontextmanager
async def deadline(limit: timedelta) -> AsyncGenerator[None]:
    """Give the block *limit*, and let it fail only with what our port names.

    Raises:
        EngineUnavailableError: Temporal cannot be reached, refuses, or does not answer in time.
    """
    try:
        async with asyncio.timeout(limit.total_seconds()):
            yield
    except TimeoutError as error:
        raise EngineUnavailableError("Temporal did not answer in time") from error
    except RPCError as error:
        raise EngineUnavailableError(
            f"Temporal answered {error.status.name}: {error.message}"
        ) from error
    except RuntimeError as error:
        # What the SDK raises when a lazy client cannot connect.
        raise EngineUnavailableError("Temporal cannot be reached") from error
