"""How far one exchange came, as the connection pool tells it, and what its failure means."""

import ssl
import time
from collections.abc import Mapping
from typing import Any, Final

import httpcore2

from layeron.adapters.sender.guard import NotSentError
from layeron.outbound.records import FailureKind
from layeron.outbound.urls import Destination
from layeron.ports.sender import Unanswered
from layeron.text import printable

FAILURES: Final = (
    NotSentError,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    OSError,  # of TLS too
    ValueError,  # numbers of the other side that are none
)
"""What an exchange may end in, apart from its deadline."""

_CERTIFICATE: Final = {  # by OpenSSL's X509_V_ERR_… numbers
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    19: "is from an authority that nobody knows",
    20: "is from an authority that nobody knows, or comes without the certificates between",
    21: "comes without the certificates between it and its authority",
    62: "is for another name",
    64: "is for another address",
}
_NOT_DONE: Final = {
    "connect_tcp": "was not connected",
    "start_tls": "did not finish the TLS handshake",
    "send_request_headers": "did not take the request",
    "send_request_body": "did not take the request",
    "receive_response_headers": "did not answer",
    "receive_response_body": "answered {status}, but did not end its answer",
}
_NO_TLS: Final = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"}


class Exchange:
    """Watches one exchange.

    Attributes:
        address: the one that was connected to, or the proxy's.
        connect_seconds: until the connection stood, name lookup included; None for one that stood
            before.
    """

    def __init__(self, destination: Destination) -> None:
        self.address: str | None = None
        self.connect_seconds: float | None = None
        self._destination = destination
        self._step = "connect_tcp"
        self._connect_started: float | None = None
        self._status: int | None = None
        self._tls: BaseException | None = None

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of an event; the pool's trace extension calls this."""
        _, step, state = event.split(".")
        if step not in _NOT_DONE:
            return
        if state == "started":
            self._step = step
            if step == "connect_tcp":
                self._connect_started = time.monotonic()
            self._status = self._status if step == "receive_response_body" else None
        elif state == "failed" and step == "start_tls":
            self._tls = info["exception"].__cause__
        elif state == "complete" and self._connect_started and step in {"connect_tcp", "start_tls"}:
            peer = info["return_value"].get_extra_info("server_addr")
            self.address = peer[0] if peer else self.address  # None where it is gone already
            self.connect_seconds = time.monotonic() - self._connect_started
        elif state == "complete" and step == "receive_response_headers":
            self._status = info["return_value"][1]

    @property
    def went_stale(self) -> bool:
        """Whether it had a connection that stood before, and nothing was answered on it."""
        return self._connect_started is None and self._status is None

    def timed_out(self, seconds: float) -> Unanswered:
        """It took longer than *seconds*."""
        lacks = _NOT_DONE[self._step].format(status=self._status)
        detail = f"{self._destination.name} {lacks} within {seconds:g} s"
        return Unanswered("timeout", detail, self.address)

    def failed(self, error: Exception) -> Unanswered:
        """It ended in one of `FAILURES`."""
        kind, detail = self._explain(error)
        return Unanswered(kind, detail, self.address)

    def _explain(self, error: Exception) -> tuple[FailureKind, str]:
        name = self._destination.name
        if isinstance(error, NotSentError):
            return error.kind, error.detail
        if self._step == "start_tls" or isinstance(error, ssl.SSLError):
            return "tls", self._explain_tls(self._tls or error)
        if isinstance(error, httpcore2.ProxyError):
            return "connect", f"the outbound proxy answered {printable(str(error), 80)}"
        if isinstance(error, httpcore2.ConnectError):  # others are explained where they arise
            return "connect", "the outbound proxy does not take connections"
        if isinstance(error, httpcore2.LocalProtocolError):
            return "protocol", "the request has a header that cannot be written as HTTP"
        if isinstance(error, httpcore2.RemoteProtocolError) and not _is_end(error):
            # What follows the colon are the bytes themselves.
            what = str(error).partition(":")[0]
            return "protocol", f"{name} answered what is no HTTP: {printable(what, 80)}"
        if isinstance(error, ValueError):
            return "protocol", f"{name} answered what is no HTTP"
        done = "before it answered" if self._status is None else "in the middle of its answer"
        return "protocol", f"{name} broke off the connection {done}"

    def _explain_tls(self, error: BaseException) -> str:
        if isinstance(error, ssl.SSLCertVerificationError):
            wrong = _CERTIFICATE.get(
                error.verify_code, f"is not accepted: {printable(error.verify_message, 80)}"
            )
            return f"the certificate of {self._destination.host} {wrong}"
        name = self._destination.name
        if not isinstance(error, ssl.SSLError):
            return f"{name} broke off the TLS handshake"
        reason = error.reason or "UNKNOWN"
        if reason in _NO_TLS:
            return f"{name} does not speak TLS; write http:// if it shall not"
        return f"no TLS with {name}: {reason.replace('_', ' ').lower()}"


def _is_end(error: httpcore2.RemoteProtocolError) -> bool:
    said = str(error)
    return said.startswith(("Server disconnected", "peer closed connection"))
