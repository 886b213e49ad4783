"""Whose generated secret is rotated, and whether it can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from layeron.errors import ConflictError, NotFoundError, PayloadError
from layeron.identity import user_owner
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.records import EndpointRecord
from layeron.outbound.signatures import uses_generated_secret
from layeron.outbound.vault import owner_of
from layeron.ports.endpoints import EndpointStore
from layeron.signing.rule import Signature

LONGEST_GRACE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rotation:
    """A secret that is to be rotated.

    Attributes:
        owner: as the vault knows it.
        whose: the same for people.
        rules: by which requests are signed with it.
    """

    owner: str
    whose: str
    rules: Sequence[Signature]

    def checked(self, grace_seconds: float) -> timedelta:
        """How long the secret before shall sign, too.

        Raises:
            PayloadError: it is too long, or the signature has no room for two.
        """
        if not 0 <= grace_seconds <= LONGEST_GRACE.total_seconds():
            raise PayloadError(
                f"option 'grace' must be from 0 to {LONGEST_GRACE.days} days, such as '24h'"
            )
        if grace_seconds and not all(rule.separator for rule in self.rules):
            raise PayloadError(
                f"option 'grace': the signature for {self.whose} has room for one secret only;"
                " write 0"
            )
        return timedelta(seconds=grace_seconds)


def of_endpoint(webhook: OutboundWebhook, endpoint: EndpointRecord) -> Rotation:
    """The rotation of an endpoint's own secret.

    Raises:
        ConflictError: it has none of its own.
    """
    rule = webhook.rule_of(endpoint.id)
    whose = f"endpoint {endpoint.name!r}"
    _check_generated(rule, whose)
    if endpoint.user_id is not None:
        raise ConflictError(
            f"{whose} shares the secret of its user; rotate that one"
            " (…/users/USER_ID/rotate-secret, or endpoints.rotate_user_secret)"
        )
    return Rotation(owner_of(endpoint), whose, [rule])


async def of_user(webhook: OutboundWebhook, user_id: str, store: EndpointStore) -> Rotation:
    """The rotation of the secret that a user's endpoints share.

    Raises:
        NotFoundError: the user has no endpoint.
        ConflictError: none of them has a generated secret.
    """
    space, name = webhook.namespace, webhook.name
    rules = [
        webhook.rule_of(endpoint_id)
        for endpoint_id, each in webhook.declared.items()
        if each.user_id == user_id
    ]
    created = await store.list(namespace=space, webhook=name, user_id=user_id, limit=1)
    if created.endpoints:
        rules.append(webhook.signing)
    whose = f"user {user_id[:80]!r}"
    if not rules:
        raise NotFoundError(f"{whose} has no endpoint of {space}/{name}")
    generated = [each for each in rules if uses_generated_secret(each)]
    if not generated:
        _check_generated(rules[0], whose)
    return Rotation(user_owner(space, name, user_id), whose, generated)


def _check_generated(rule: Signature, whose: str) -> None:
    if uses_generated_secret(rule):
        return
    raise ConflictError(
        f"{whose} has a secret of the secret store; rotate it there"
        if rule.secrets
        else f"{whose} is sent unsigned requests; there is nothing to rotate"
    )
