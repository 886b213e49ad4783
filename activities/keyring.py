"""What events are signed with: from the secret store, or generated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from layeron.application import Backend
from layeron.errors import SecretUnavailableError, UnavailableError
from layeron.outbound.records import EndpointRecord, OutboundEvent
from layeron.outbound.vault import Vault
from layeron.ports.secrets import SecretSource
from layeron.signing.rule import Signature

Keys: TypeAlias = Mapping[str, Sequence[str] | UnavailableError]
"""The live secrets of each endpoint, newest first, or why they cannot be had now."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Finds the secrets of endpoints; trouble with those of one is no trouble of the others."""

    app: Backend
    secrets: SecretSource
    vault: Vault

    async def keys_of(
        self, event: OutboundEvent, endpoints: Sequence[EndpointRecord], at: datetime
    ) -> Keys:
        """The secrets to sign an event with.

        Raises:
            DatabaseUnavailableError: generated ones cannot be read now.
        """
        webhook = self.app.publisher(event.namespace, event.webhook)
        keys: dict[str, Sequence[str] | UnavailableError] = {}
        managed: list[EndpointRecord] = []
        for each in endpoints:
            rule = webhook.rule_of(each.id) if webhook else None
            if rule is None or rule.algorithm == "none":
                keys[each.id] = []
            elif rule.own_secrets:
                keys[each.id] = await self._stored(rule)
            else:
                managed.append(each)
        return {**keys, **await self._generated(managed, at)}

    async def _stored(self, rule: Signature) -> Sequence[str] | UnavailableError:
        try:
            values = [await self.secrets.values(each) for each in rule.own_secrets]
        except SecretUnavailableError as error:
            return error
        return [one.value for several in values for one in several]

    async def _generated(self, endpoints: Sequence[EndpointRecord], at: datetime) -> Keys:
        if not endpoints:
            return {}
        try:
            return {**await self.vault.keys_of(endpoints, at)}
        except SecretUnavailableError as error:
            if len(endpoints) == 1:
                return {endpoints[0].id: error}
        keys: dict[str, Sequence[str] | UnavailableError] = {}
        for each in endpoints:
            keys |= await self._generated([each], at)
        return keys
