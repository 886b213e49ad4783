"""What a preset knows about a provider, as data."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from layeron.event import Response
from layeron.locator import Locator, first_of
from layeron.options import Dedupe
from layeron.payload import Json, Payload
from layeron.ports.documents import Documents
from layeron.request import Request
from layeron.secrets import Secret, SecretValue


@dataclass(frozen=True, slots=True)
class HandshakeContext:
    """What answers a provider's check gets.

    Attributes:
        request: what was received.
        payload: its body, read.
        secrets: every live value of the webhook's secrets and of the preset's own; of a signed
            check, the one that verified it first.
        documents: fetches what a confirmation names.
    """

    request: Request
    payload: Payload
    secrets: Sequence[SecretValue] = field(repr=False)
    documents: Documents = field(repr=False)

    def values_of(self, secret: Secret) -> Sequence[str]:
        """The live values of one secret."""
        return [each.value for each in self.secrets if each.secret == secret]


@dataclass(frozen=True, slots=True)
class Handshake:
    """How a provider makes sure that the address is ours.

    Attributes:
        answer: the answer to a check; None for what is an ordinary event.
        signed: it is asked only once the request has verified. Unsigned checks come before that.
    """

    answer: Callable[[HandshakeContext], Awaitable[Response | None]]
    signed: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """An example of a request, before it is signed.

    Attributes:
        payload: what becomes the body: JSON, or form fields where the content type says so.
        headers: header fields the provider sends, those of the signature left out.
    """

    payload: Json
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Sampler: TypeAlias = Callable[[str], Sample]
"""Makes a fresh example, with ids of its own, of any type of event."""


@dataclass(frozen=True, slots=True)
class Provider:
    """How to read one provider's requests; its signature rule is built by its verb.

    Attributes:
        name: as records and `layeron trigger` show it.
        event_type: where the type of an event is.
        event_id: where the provider's id of an event is.
        dedupe: the default window, longer than the provider's retries.
        methods: the HTTP methods it calls with.
        secret_headers: header fields that carry a credential itself; never stored.
        handshakes: the provider's checks that the address is ours, each asked in turn.
        secrets: those that only handshakes need, such as Meta's verify token.
        accepted: what a new or repeated event is answered, where 202 with its id will not do.
        refused: what a request that does not verify is answered, where the usual 401 will not do.
        sample: makes realistic examples for tests and `layeron trigger`; without it an example
            holds just the type and the id, where the provider has them.
    """

    name: str
    event_type: Locator = field(
        default=Locator(function=first_of("body.type", "body.event", "body.event_type"))
    )
    event_id: Locator = field(
        default=Locator(function=first_of("body.id", "body.event_id", "body.eventId"))
    )
    dedupe: Dedupe = field(default=Dedupe())
    methods: frozenset[str] = frozenset({"POST"})
    secret_headers: frozenset[str] = frozenset()
    handshakes: tuple[Handshake, ...] = ()
    secrets: tuple[Secret, ...] = ()
    accepted: Response | None = None
    refused: Response | None = None
    sample: Sampler | None = None


CUSTOM = Provider(name="custom")
