"""Logins: a random cookie in the browser, its hash in the database, tied to an API key."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.responses import Response

from layeron.operating_records import ApiKey, Session
from layeron.ports.records import RecordStore
from layeron.ports.sessions import SessionStore

COOKIE = "layeron_session"
PATH = "/dashboard"
LIFE = timedelta(hours=12)
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Sessions:
    """Opens, finds and ends logins; raises as the stores do."""

    store: SessionStore
    records: RecordStore

    async def open(self, key: ApiKey) -> str:
        """Log the holder of a key in; the text for the cookie."""
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), datetime.now(UTC)
        await self.store.add(Session(_hash(token), key.id, now, now + LIFE))
        return token

    async def key_of(self, token: str) -> ApiKey | None:
        """The key behind a cookie, if the session has not ended and the key is in force."""
        session = await self.store.find(_hash(token), at=datetime.now(UTC))
        key = await self.records.find_key(session.key_id) if session else None
        return key if key and key.revoked_at is None else None

    async def end(self, token: str) -> None:
        """Log out."""
        await self.store.delete(_hash(token))


def set_cookie(response: Response, token: str, *, secure: bool) -> None:
    """Give the browser its session.

    Args:
        response: carries it.
        token: as `Sessions.open` made it.
        secure: the browser reached us through TLS, so it shall never send it without.
    """
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFE.total_seconds()),
        path=PATH,
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def clear_cookie(response: Response) -> None:
    """Take the session back from the browser."""
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")


def _hash(token: str) -> str:
    """A plain hash is enough, as the token is 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
