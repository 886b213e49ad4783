"""Port: documents of a provider that verification needs, such as certificates and key sets."""

from collections.abc import Mapping
from typing import Any, Protocol

from layeron.errors import DocumentUnavailableError


class Documents(Protocol):
    """Fetches over HTTPS from hosts that a preset names; never from one that a request chose.

    Each method raises `DocumentUnavailableError` when the document cannot be had now: the sender
    is asked to try again (503), it is not refused.
    """

    async def get(self, url: str, *, hosts: str) -> bytes:
        """A document, which may be remembered for an hour.

        Args:
            url: an absolute https address.
            hosts: a regular expression that the whole host name must match.

        Raises:
            ValueError: the address is not https, names another host, or carries a login or port.
        """
        ...

    async def post(self, url: str, body: Mapping[str, Any], *, hosts: str) -> bytes:
        """What an API answers to a JSON body; not remembered.

        Raises:
            ValueError: as for `get`.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class NoDocuments:
    """For callers that have no network: every document is unavailable."""

    async def get(self, url: str, *, hosts: str) -> bytes:
        """Say that it cannot be had."""
        raise DocumentUnavailableError(f"{url} ({hosts}) cannot be fetched here")

    async def post(self, url: str, body: Mapping[str, Any], *, hosts: str) -> bytes:
        """Say that it cannot be had."""
        raise DocumentUnavailableError(f"{url} ({hosts}, {len(body)} fields) cannot be asked here")

    async def close(self) -> None:
        """Nothing is open."""
