# pyright: basic
# mypy: allow-untyped-calls
"""Raw bodies in a bucket of Google Cloud Storage."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar

import requests
from google.api_core import exceptions as api
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.cloud import storage
from google.cloud.storage.exceptions import DataCorruption
from google.cloud.storage.retry import DEFAULT_RETRY
from requests.adapters import HTTPAdapter

from layeron.adapters.object_name import checked_name
from layeron.errors import BlobStoreUnavailableError, BodyLostError

_BIG: Final = 2**20  # bytes from which it pays to ask before sending
_TROUBLE: Final = (
    api.GoogleAPIError,
    GoogleAuthError,
    DataCorruption,
    requests.RequestException,
    OSError,
)
_REFUSALS: Final = (api.Forbidden, api.Unauthorized, GoogleAuthError)

T = TypeVar("T")


class GCSBlobStore:
    """Keeps one object per name under a prefix of a bucket.

    Args:
        bucket: the bucket's name; its owner needs ``roles/storage.objectUser`` on it.
        prefix: put before every name, without slashes at its ends.
        endpoint: base URL of an emulator, which gets no credentials; default: Google, or what
            ``STORAGE_EMULATOR_HOST`` says.
        connections: how many objects are sent or read at once.
        timeout: seconds to wait for one answer of the server.
        deadline: seconds for one call of a method, its repetitions and its wait for a connection
            included; more than *timeout*.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        endpoint: str | None = None,
        connections: int = 32,
        timeout: float = 10,
        deadline: float = 25,
    ) -> None:
        self._bucket_name = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._endpoint = endpoint
        self._connections = connections
        # The client sends each request once; `_call` repeats the whole of what it runs.
        self._once: dict[str, Any] = {"timeout": timeout, "retry": None}
        self._deadline = deadline
        self._retry = DEFAULT_RETRY.with_delay(initial=0.1, maximum=2).with_timeout(
            deadline - timeout
        )
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="layeron-gcs")
        self._client: storage.Client | None = None
        self._opening = threading.Lock()

    async def put(self, name: str, data: bytes) -> None:
        """Store an object durably; one of that name that is there already stays."""
        await self._call(self._put, checked_name(name), data)

    async def get(self, name: str) -> bytes:
        """Read an object whole; its checksum is verified.

        Raises:
            BodyLostError: there is none of that name in the bucket.
        """
        return await self._call(self._get, checked_name(name))

    async def delete(self, name: str) -> None:
        """Remove an object; absent is fine."""
        await self._call(self._delete, checked_name(name))

    async def check(self) -> None:
        """Return if the bucket answers and may be read."""
        await self._call(self._list_one)

    async def close(self) -> None:
        """Let go of connections; one in use goes when its call ends, which nobody waits for."""
        self._threads.shutdown(wait=False)
        if self._client is not None:
            self._client.close()

    async def _call(self, work: Callable[..., T], *args: Any) -> T:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._deadline):
                return await loop.run_in_executor(self._threads, partial(self._retry(work), *args))
        except _TROUBLE as error:
            raise BlobStoreUnavailableError(self._explain(error)) from error

    def _put(self, name: str, data: bytes) -> None:
        blob = self._blob(name)
        if len(data) >= _BIG and blob.exists(**self._once):
            return
        try:
            blob.upload_from_string(
                data,
                content_type="application/octet-stream",
                if_generation_match=0,  # only where there is none yet
                checksum="crc32c",
                **self._once,
            )
        except api.PreconditionFailed:  # it is there already
            return

    def _get(self, name: str) -> bytes:
        try:
            body: bytes = self._blob(name).download_as_bytes(checksum="crc32c", **self._once)
        except api.NotFound:
            self._list_one()  # a bucket that is missing has lost nothing
            raise BodyLostError(
                f"There is no body {self._prefix}{name} in the bucket {self._bucket_name}."
            ) from None
        return body

    def _delete(self, name: str) -> None:
        try:
            self._blob(name).delete(**self._once)
        except api.NotFound:
            return

    def _list_one(self) -> None:
        # Needs no permission beyond those on objects, unlike a look at the bucket itself.
        objects = self._open().list_blobs(
            self._bucket_name,
            prefix=self._prefix,
            max_results=1,
            **self._once,
        )
        next(iter(objects), None)

    def _blob(self, name: str) -> storage.Blob:
        return storage.Blob(self._prefix + name, self._open().bucket(self._bucket_name))

    def _open(self) -> storage.Client:
        with self._opening:
            if self._client is None:
                self._client = self._new_client()
        return self._client

    def _new_client(self) -> storage.Client:
        """Find credentials (which may take requests of its own) and prepare the connections."""
        # Else the client looks at the bucket on its own account, for traces that nobody takes,
        # again and again while that fails, and past our deadline.
        os.environ.setdefault("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
        if self._endpoint:
            client = storage.Client(
                project="emulator",
                credentials=AnonymousCredentials(),
                client_options={"api_endpoint": self._endpoint},
            )
        else:
            client = storage.Client(project=None)  # nothing here asks for one
        session = client._http  # noqa: SLF001  # the client has no other way to size its pool
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(pool_maxsize=self._connections))
        return client

    def _explain(self, error: BaseException) -> str:
        cause = error.cause if isinstance(error, api.RetryError) else error
        kind = type(cause).__name__
        if isinstance(cause, api.NotFound):
            trouble = f"does not exist ({kind}); create it or correct LAYERON_BLOBS"
        elif isinstance(cause, TransportError) or not isinstance(cause, _REFUSALS):
            trouble = f"does not answer as it should ({kind}); the call can be made again"
        else:
            trouble = (
                f"refuses our credentials ({kind}); give the service account"
                " roles/storage.objectUser on it"
            )
        return f"The bucket {self._bucket_name} {trouble}."
