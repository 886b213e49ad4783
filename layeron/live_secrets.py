"""The live values of all secrets that a request may be signed with."""

import logging
from collections.abc import Sequence

from layeron.errors import SecretUnavailableError
from layeron.ports.secrets import SecretSource
from layeron.secrets import Secret, SecretValue

logger = logging.getLogger("layeron.secrets")


async def live_values(source: SecretSource, secrets: Sequence[Secret]) -> Sequence[SecretValue]:
    """Every live value; a secret without one is left out while another has one.

    Raises:
        SecretUnavailableError: none of them has a value now.
    """
    values: list[SecretValue] = []
    trouble: SecretUnavailableError | None = None
    for each in secrets:
        try:
            values += await source.values(each)
        except SecretUnavailableError as error:
            trouble = error
            logger.warning("%s", error)
    if trouble is not None and not values:
        raise trouble
    return values
