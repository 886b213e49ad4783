# pyright: basic
# mypy: allow-untyped-calls
"""A server of Secret Manager's protocol on this machine, with as much of it as we use."""

import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

import google_crc32c
import grpc
from google.cloud import secretmanager_v1 as api

PROJECT = "tests"
_SERVICE = "google.cloud.secretmanager.v1.SecretManagerService"
_ENABLED = api.SecretVersion.State.ENABLED
_DISABLED = api.SecretVersion.State.DISABLED


@dataclass
class SecretManagerServer:
    """What the server holds, and how it behaves.

    Attributes:
        endpoint: its ``host:port``.
        failing: the status it answers every call with, if any.
        damaging: whether values are altered on their way.
        calls: the methods called, in order.
    """

    endpoint: str = ""
    failing: grpc.StatusCode | None = None
    damaging: bool = False
    calls: list[str] = field(default_factory=list[str])
    _open: threading.Event = field(default_factory=threading.Event, repr=False)
    _versions: dict[str, list[tuple[bytes, Any]]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._open.set()

    def add_version(self, secret_id: str, value: str | bytes) -> str:
        """Add an enabled version to a secret, made if need be, and give its number."""
        data = value.encode() if isinstance(value, str) else value
        versions = self._versions.setdefault(secret_id, [])
        versions.append((data, _ENABLED))
        return str(len(versions))

    def disable(self, secret_id: str, number: str) -> None:
        """Disable a version."""
        versions = self._versions[secret_id]
        versions[int(number) - 1] = (versions[int(number) - 1][0], _DISABLED)

    @contextmanager
    def hanging(self) -> Generator[None]:
        """Answer no call until the end of the block."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def list_versions(
        self, request: api.ListSecretVersionsRequest, context: grpc.ServicerContext
    ) -> api.ListSecretVersionsResponse:
        self._note("list", context)
        secret_id = request.parent.removeprefix(f"projects/{PROJECT}/secrets/")
        if secret_id not in self._versions:
            _abort(context, grpc.StatusCode.NOT_FOUND)
        found = [
            api.SecretVersion(name=f"{request.parent}/versions/{number}", state=state)
            for number, (_, state) in enumerate(self._versions[secret_id], start=1)
            if request.filter != "state:ENABLED" or state == _ENABLED
        ][::-1]
        # One a page, whatever was asked for: the protocol allows it, and clients forget it.
        start = int(request.page_token or 0)
        return api.ListSecretVersionsResponse(
            versions=found[start : start + 1],
            next_page_token=str(start + 1) if start + 1 < len(found) else "",
        )

    def access_version(
        self, request: api.AccessSecretVersionRequest, context: grpc.ServicerContext
    ) -> api.AccessSecretVersionResponse:
        self._note("access", context)
        secret_id, _, number = request.name.removeprefix(f"projects/{PROJECT}/secrets/").partition(
            "/versions/"
        )
        data, state = self._versions[secret_id][int(number) - 1]
        if state != _ENABLED:
            _abort(context, grpc.StatusCode.FAILED_PRECONDITION)
        sent = data[::-1] if self.damaging else data
        return api.AccessSecretVersionResponse(
            name=request.name,
            payload=api.SecretPayload(data=sent, data_crc32c=google_crc32c.value(data)),
        )

    def _note(self, method: str, context: grpc.ServicerContext) -> None:
        self.calls.append(method)
        self._open.wait()
        if self.failing:
            _abort(context, self.failing)


def _abort(context: grpc.ServicerContext, status: grpc.StatusCode) -> NoReturn:
    context.abort(status, f"{status.name} as told")
    raise AssertionError("abort raises")


@contextmanager
def running_secret_manager() -> Generator[SecretManagerServer]:
    """Run an empty server until the end of the block."""
    state = SecretManagerServer()
    server = grpc.server(ThreadPoolExecutor(4))
    handler = grpc.method_handlers_generic_handler(
        _SERVICE,
        {
            "ListSecretVersions": _method(
                state.list_versions,
                api.ListSecretVersionsRequest,
                api.ListSecretVersionsResponse,
            ),
            "AccessSecretVersion": _method(
                state.access_version,
                api.AccessSecretVersionRequest,
                api.AccessSecretVersionResponse,
            ),
        },
    )
    server.add_generic_rpc_handlers((handler,))
    state.endpoint = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield state
    finally:
        server.stop(None).wait()


def _method(answer: Callable[..., Any], asked: Any, answered: Any) -> Any:
    return grpc.unary_unary_rpc_method_handler(
        answer, request_deserializer=asked.deserialize, response_serializer=answered.serialize
    )
