"""Which store of raw bodies a location names."""

import re
from pathlib import Path
from typing import Final

from layeron.adapters.folder import FolderBlobStore
from layeron.adapters.object_name import OBJECT_NAME
from layeron.errors import ConfigurationError
from layeron.ports.blobs import BlobStore

_BUCKET: Final = re.compile(
    rf"gs://(?P<bucket>[a-z0-9][a-z0-9._-]{{1,220}}[a-z0-9])(/(?P<prefix>{OBJECT_NAME.pattern}))?/?"
)


def open_blob_store(location: str) -> BlobStore:
    """Open the store at ``gs://bucket/prefix``, or in a folder; nothing is asked of it yet.

    Raises:
        ConfigurationError: the location is neither.
    """
    bucket = _BUCKET.fullmatch(location)
    if bucket:
        from layeron.adapters.gcs import GCSBlobStore  # noqa: PLC0415  # Google's client loads slowly

        return GCSBlobStore(bucket["bucket"], bucket["prefix"] or "")
    if location and "://" not in location:
        return FolderBlobStore(Path(location))
    raise ConfigurationError(
        f"LAYERON_BLOBS: {location!r} is not a place for bodies; write gs://BUCKET,"
        " gs://BUCKET/PREFIX or the path of a folder."
    )
