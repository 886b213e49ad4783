"""Port: the store of raw bodies."""

from typing import Protocol


class BlobStore(Protocol):
    """Keeps immutable objects by name.

    Every method raises `BlobStoreUnavailableError` when the store does not answer, refuses for a
    passing reason, or has no room: the caller tries again.
    """

    async def put(self, name: str, data: bytes) -> None:
        """Store an object durably; one of that name that is there already stays unchanged."""
        ...

    async def get(self, name: str) -> bytes:
        """Read an object whole.

        Raises:
            BodyLostError: there is none of that name.
        """
        ...

    async def delete(self, name: str) -> None:
        """Remove an object; absent is fine."""
        ...

    async def check(self) -> None:
        """Return if the store can be used now."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
