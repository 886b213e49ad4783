"""Where events may be sent: decided by the addresses that a name leads to at that moment."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from layeron.adapters.sender.resolving import Resolve
from layeron.outbound.addresses import IPAddress, IPNetwork, is_listed, why_not_public
from layeron.outbound.records import FailureKind


class NotSentError(Exception):
    """There was no exchange, and why; the detail is a sentence without secrets."""

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(detail)
        self.kind: FailureKind = kind
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Guard:
    """The operator's rules.

    Attributes:
        allowed: networks that may be sent to although they are not public, on any port and
            without TLS.
        ports: those that public addresses may be sent to on.
        https_only: whether public addresses are sent to over TLS alone.
    """

    allowed: Sequence[IPNetwork]
    ports: Sequence[int]
    https_only: bool
    resolve: Resolve

    async def addresses(self, host: str, port: int, *, secure: bool) -> list[IPAddress]:
        """The addresses of *host*, if every one of them may be connected to.

        One that is refused spoils the others: which of them is taken is not for its owner to say.

        Raises:
            NotSentError: the kind is ``refused_url`` or ``dns``.
        """
        found = await self._look_up(host)
        unlisted = [each for each in found if not is_listed(each, self.allowed)]
        for each in unlisted:
            if kind := why_not_public(each):
                # Which address it is stays unsaid: it would tell customers about our network.
                raise NotSentError(
                    "refused_url",
                    f"{host} leads to {kind}; only public addresses are sent to, and networks in"
                    " LAYERON_OUTBOUND_ALLOW",
                )
        if unlisted and self.https_only and not secure:
            raise NotSentError(
                "refused_url", f"events go to {host} over TLS only; write https:// instead"
            )
        if unlisted and port not in self.ports:
            usual = ", ".join(map(str, self.ports))
            raise NotSentError(
                "refused_url",
                f"events are not sent to port {port} of {host}; use one of {usual}, or set"
                " LAYERON_OUTBOUND_PORTS",
            )
        return found

    async def _look_up(self, host: str) -> list[IPAddress]:
        try:
            return [ip_address(host)]
        except ValueError:
            pass  # it is a name
        try:
            found = [ip_address(each) for each in await self.resolve(host)]
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                detail = f"the name servers of {host} do not answer"
            else:
                detail = f"there is no host {host}"
            raise NotSentError("dns", detail) from error
        except (UnicodeError, ValueError) as error:
            raise NotSentError("dns", f"{host} is no name that can be looked up") from error
        if not found:
            raise NotSentError("dns", f"{host} has no address")
        return found
