"""What a preset knows about a provider, as data."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from layeron.event import Response
from layeron.locator import Locator, first_of
from layeron.options import Dedupe
from layeron.payload import Json
from layeron.request import Request
from layeron.secrets import SecretValue

Handshake: TypeAlias = Callable[[Request, Sequence[SecretValue]], Awaitable[Response | None]]


@dataclass(frozen=True, slots=True)
class Sample:
    """An example of a request, before it is signed.

    Attributes:
        payload: what becomes the JSON body.
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
        handshake: answers the provider's ownership check, or returns None for an ordinary event.
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
    handshake: Handshake | None = None
    sample: Sampler | None = None


CUSTOM = Provider(name="custom")
