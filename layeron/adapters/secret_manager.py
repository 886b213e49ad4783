# pyright: basic
# mypy: allow-untyped-calls
"""Secrets in Google Secret Manager."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

import google.auth
import google_crc32c
import grpc.aio
from google.api_core import exceptions as api
from google.api_core.retry import AsyncRetry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud import secretmanager_v1 as secretmanager
from google.cloud.secretmanager_v1.services.secret_manager_service import transports

from layeron.adapters.secret_memory import SecretMemory, SecretRefusedError
from layeron.errors import SecretUnavailableError
from layeron.secrets import Secret, SecretValue

_LIVE: Final = 2  # the current value and the previous one
_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_Read: TypeAlias = Callable[[], Awaitable[Sequence[SecretValue]]]
_PASSING: Final = if_exception_type(
    api.ServiceUnavailable, api.ResourceExhausted, api.InternalServerError
)


class SecretManagerSecrets:
    """Reads the two newest enabled versions of a secret, and remembers them.

    The secret ``NAME`` is the resource ``NAME``, or ``billing--NAME`` in the namespace ``billing``.
    The service account needs ``roles/secretmanager.secretAccessor``, and
    ``roles/secretmanager.viewer`` to see which versions are enabled.

    The client is the asynchronous one: a look-up that waits holds no thread and ends on time. It
    belongs to the event loop of the first look-up.

    Args:
        project: id of the Google Cloud project.
        refresh: how long values are used before the store is asked again.
        keep: how long values are used while the store does not answer.
        deadline: how long a look-up waits for the store.
        endpoint: ``host:port`` of a server without encryption, which gets no credentials.
    """

    def __init__(
        self,
        project: str,
        *,
        refresh: timedelta,
        keep: timedelta = timedelta(days=1),
        deadline: timedelta = timedelta(seconds=5),
        endpoint: str | None = None,
    ) -> None:
        self._project = project
        self._memory = SecretMemory(self._fetch, refresh=refresh, keep=keep)
        self._deadline = deadline.total_seconds()
        self._retry = AsyncRetry(_PASSING, initial=0.1, maximum=1, timeout=self._deadline / 2)
        self._endpoint = endpoint
        self._client: secretmanager.SecretManagerServiceAsyncClient | None = None
        self._opening = asyncio.Lock()

    async def values(self, secret: Secret) -> Sequence[SecretValue]:
        """The live values, newest first; the version is Secret Manager's number.

        Raises:
            SecretUnavailableError: it has no enabled version, we may not read it, or the store
                has not answered for too long.
        """
        return await self._memory.values(secret)

    async def close(self) -> None:
        """Let go of connections."""
        await self._memory.close()
        if self._client is not None:
            await self._client.transport.close()

    async def _fetch(self, secret: Secret, known: Sequence[SecretValue]) -> Sequence[SecretValue]:
        secret_id = _secret_id(secret)
        place = f"the secret {secret_id} of the project {self._project}"
        try:
            async with asyncio.timeout(self._deadline):
                read: _Read = self._retry(lambda: self._read_live(secret, known))
                values = await read()
        except api.NotFound:
            raise SecretRefusedError(
                f"The project {self._project} has no secret {secret_id}; run: gcloud secrets create"
                f" {secret_id} --project={self._project} --data-file=-"
            ) from None
        except api.Forbidden:
            raise SecretRefusedError(
                f"We may not read {place}; give the service account"
                " roles/secretmanager.secretAccessor and roles/secretmanager.viewer on it."
            ) from None
        except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
            cause = error.cause if isinstance(error, api.RetryError) else error
            raise SecretUnavailableError(
                f"Secret Manager does not give {place} ({type(cause).__name__}); see to the"
                " network, the quota and the credentials of this service."
            ) from error
        if not values:
            raise SecretRefusedError(
                f"No version of {place} is enabled; run: gcloud secrets versions add {secret_id}"
                f" --project={self._project} --data-file=-"
            )
        return values

    async def _read_live(
        self, secret: Secret, known: Sequence[SecretValue]
    ) -> Sequence[SecretValue]:
        client = await self._open()
        versions = await client.list_secret_versions(
            secretmanager.ListSecretVersionsRequest(
                parent=f"projects/{self._project}/secrets/{_secret_id(secret)}",
                filter="state:ENABLED",
                page_size=_LIVE,
            ),
            timeout=self._deadline,
        )
        names: list[str] = []
        async for version in versions:  # the newest first
            names.append(version.name)
            if len(names) == _LIVE:
                break
        # The value of a version never changes: what is known is not read again.
        read = {value.version: value for value in known}
        return [
            read.get(_number(name)) or await self._read_version(client, secret, name)
            for name in names
        ]

    async def _read_version(
        self, client: secretmanager.SecretManagerServiceAsyncClient, secret: Secret, name: str
    ) -> SecretValue:
        response = await client.access_secret_version(name=name, retry=None, timeout=self._deadline)
        payload = response.payload
        if google_crc32c.value(payload.data) != payload.data_crc32c:
            raise SecretUnavailableError(
                f"The value of {name} was damaged on its way; it is read again at the next use."
            )
        try:
            text = payload.data.decode().rstrip("\r\n")  # what `echo` left at the end
        except UnicodeDecodeError:  # which holds the value, so it is not passed on
            text = ""
        if not text:
            raise SecretRefusedError(
                f"The value of {name} is empty or no text; run: gcloud secrets versions add"
                f" {_secret_id(secret)} --project={self._project} --data-file=-"
            )
        return SecretValue(secret, _number(name), text)

    async def _open(self) -> secretmanager.SecretManagerServiceAsyncClient:
        async with self._opening:
            if self._client is None:
                self._client = secretmanager.SecretManagerServiceAsyncClient(
                    transport=await self._new_transport()
                )
        return self._client

    async def _new_transport(self) -> transports.SecretManagerServiceGrpcAsyncIOTransport:
        if self._endpoint:
            channel = grpc.aio.insecure_channel(self._endpoint)
            return transports.SecretManagerServiceGrpcAsyncIOTransport(channel=channel)
        # Finding credentials reads files and may ask the machine's metadata server.
        credentials, _ = await asyncio.to_thread(google.auth.default, scopes=[_SCOPE])
        return transports.SecretManagerServiceGrpcAsyncIOTransport(credentials=credentials)


def _secret_id(secret: Secret) -> str:
    return secret.name if secret.namespace == "default" else f"{secret.namespace}--{secret.name}"


def _number(version_name: str) -> str:
    return version_name.rpartition("/")[2]
