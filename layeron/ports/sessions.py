"""Port: the logins to the dashboard."""

from datetime import datetime
from typing import Protocol

from layeron.operating_records import Session


class SessionStore(Protocol):
    """Keeps sessions; raises as `RecordStore` does."""

    async def add(self, session: Session) -> None:
        """Keep a new one, and forget those that have expired by its time."""
        ...

    async def find(self, token_hash: str, *, at: datetime) -> Session | None:
        """The session with this cookie, if it has not expired."""
        ...

    async def delete(self, token_hash: str) -> None:
        """End it; an unknown one is fine."""
        ...
