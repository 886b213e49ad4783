"""Stored bodies, read so that only the bytes that were stored are handled or sent."""

import hashlib

from layeron.errors import BodyLostError
from layeron.ports.blobs import BlobStore
from layeron.records import BodyReference

LOST = "the stored body is missing, or no longer has its SHA-256"


async def stored_body(blobs: BlobStore, reference: BodyReference) -> bytes | None:
    """The bytes from the store; None when they are lost."""
    try:
        body = await blobs.get(reference.name)
    except BodyLostError:
        return None
    return body if hashlib.sha256(body).hexdigest() == reference.sha256 else None
