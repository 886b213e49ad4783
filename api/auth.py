"""Who may use the API: callers with a bearer key."""

from starlette.requests import Request

from layeron.keys import key_matches, split_key
from layeron.operating_records import ApiKey
from layeron.ports.records import RecordStore


async def authenticate(request: Request, records: RecordStore) -> ApiKey | None:
    """The key of a request, or None if it is absent, unknown, wrong or revoked.

    Raises:
        DatabaseUnavailableError: keys cannot be looked up now.
    """
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    return await valid_key(text.strip(), records) if scheme.lower() == "bearer" else None


async def valid_key(text: str, records: RecordStore) -> ApiKey | None:
    """The key that *text* is, or None if it is unknown, wrong or revoked.

    Raises:
        DatabaseUnavailableError: keys cannot be looked up now.
    """
    parts = split_key(text)
    if parts is None:
        return None
    key_id, secret = parts
    key = await records.find_key(key_id)
    return key if key_matches(key, secret) else None
