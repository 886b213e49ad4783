"""Signed requests to the shared application, through any client."""

import hmac
import json
import uuid
from typing import Any

import httpx2

from tests.support.vendor import sign

UNAUTHORIZED = {
    "error": {"code": "unauthorized", "message": "the request is not signed as it must be"}
}


def fresh(**fields: Any) -> dict[str, Any]:
    """A payload with an id that nobody had before."""
    return {"id": f"evt_{uuid.uuid4()}", "type": "order.created", **fields}


def hmac_hex(key: str, data: bytes, algorithm: str = "sha256") -> str:
    """A signature by any key and algorithm."""
    return hmac.new(key.encode(), data, algorithm).hexdigest()


async def post(
    http: httpx2.AsyncClient,
    payload: object = None,
    *,
    body: bytes | None = None,
    path: str = "/webhooks/vendor",
    headers: dict[str, str] | None = None,
) -> httpx2.Response:
    """Send an event with the vendor's signature."""
    sent = json.dumps(payload).encode() if body is None else body
    return await http.post(
        path, content=sent, headers={"x-signature": sign(sent), **(headers or {})}
    )


async def accepted(http: httpx2.AsyncClient, payload: object = None, **options: Any) -> str:
    """Send an event that must be taken as new; its id."""
    answer = await post(http, payload, **options)
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert told == {"event_id": told["event_id"], "status": "accepted"}
    return str(told["event_id"])
