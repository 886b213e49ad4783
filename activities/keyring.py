"""What endpoints are trusted with: secrets to sign with, and header fields in clear."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from layeron.application import Backend
from layeron.errors import SecretUnavailableError, UnavailableError
from layeron.outbound.records import EndpointRecord, OutboundEvent
from layeron.outbound.sealing import Seals
from layeron.outbound.vault import Vault
from layeron.ports.secrets import SecretSource
from layeron.signing.rule import Signature

Secrets: TypeAlias = Sequence[str] | UnavailableError
"""The live secrets of an endpoint, newest first, or why they cannot be had now."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one request is made with.

    Attributes:
        secrets: the live ones, newest first.
        headers: fields of the endpoint, and then of the event, in clear.
    """

    secrets: Sequence[str] = field(repr=False)
    headers: Sequence[tuple[str, str]] = field(repr=False)

    @property
    def confidential(self) -> Sequence[str]:
        """What nobody may read where an endpoint has echoed it."""
        return [*self.secrets, *(value for _, value in self.headers)]


@dataclass(frozen=True, slots=True)
class Keyring:
    """Finds the credentials of endpoints; trouble with one's is no trouble of the others."""

    app: Backend
    secrets: SecretSource
    vault: Vault
    seals: Seals

    async def credentials_of(
        self, event: OutboundEvent, endpoints: Sequence[EndpointRecord], at: datetime
    ) -> Mapping[str, Credentials | UnavailableError]:
        """What to send an event to each endpoint with, or why that cannot be had now.

        Raises:
            DatabaseUnavailableError: generated secrets cannot be read now.
        """
        secrets = await self._secrets_of(event, endpoints, at)
        return {
            each.id: await self._credentials(event, each, secrets[each.id]) for each in endpoints
        }

    async def _credentials(
        self, event: OutboundEvent, endpoint: EndpointRecord, secrets: Secrets
    ) -> Credentials | UnavailableError:
        if isinstance(secrets, UnavailableError):
            return secrets
        try:
            own = await self.seals.open_of(endpoint)
            return Credentials(secrets, [*own, *await self.seals.open(event.headers)])
        except SecretUnavailableError as error:
            return error

    async def _secrets_of(
        self, event: OutboundEvent, endpoints: Sequence[EndpointRecord], at: datetime
    ) -> Mapping[str, Secrets]:
        webhook = self.app.publisher(event.namespace, event.webhook)
        secrets: dict[str, Secrets] = {}
        managed: list[EndpointRecord] = []
        for each in endpoints:
            rule = webhook.rule_of(each.id) if webhook else None
            if rule is None or rule.algorithm == "none":
                secrets[each.id] = []
            elif rule.own_secrets:
                secrets[each.id] = await self._stored(rule)
            else:
                managed.append(each)
        return {**secrets, **await self._generated(managed, at)}

    async def _stored(self, rule: Signature) -> Secrets:
        try:
            values = [await self.secrets.values(each) for each in rule.own_secrets]
        except SecretUnavailableError as error:
            return error
        return [one.value for several in values for one in several]

    async def _generated(
        self, endpoints: Sequence[EndpointRecord], at: datetime
    ) -> Mapping[str, Secrets]:
        if not endpoints:
            return {}
        try:
            return {**await self.vault.keys_of(endpoints, at)}
        except SecretUnavailableError as error:
            if len(endpoints) == 1:
                return {endpoints[0].id: error}
        secrets: dict[str, Secrets] = {}
        for each in endpoints:
            secrets |= await self._generated([each], at)
        return secrets
