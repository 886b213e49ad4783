"""What every source of secrets promises; an adapter's tests inherit it and bring the vault."""

import asyncio
import logging
from typing import Protocol

import pytest

from layeron.errors import SecretUnavailableError
from layeron.ports.secrets import SecretSource
from layeron.secrets import Secret, secret

OLD = "whsec_old-8f2b"
NEW = "whsec_new-51c9"
KEY = secret("STRIPE_KEY")


class Vault(Protocol):
    """A place of secrets, and the source under test that reads them there."""

    @property
    def source(self) -> SecretSource: ...

    def set(self, key: Secret, value: str) -> None:
        """Give a secret its first value, or rotate it."""
        ...


async def texts(source: SecretSource, key: Secret) -> list[str]:
    return [each.value for each in await source.values(key)]


class SecretSourceContract:
    """The promises of the port."""

    async def test_a_secret_has_its_value(self, vault: Vault) -> None:
        vault.set(KEY, NEW)
        assert await texts(vault.source, KEY) == [NEW]

    async def test_a_rotated_secret_has_its_new_value_first_and_the_previous_one(
        self, vault: Vault
    ) -> None:
        vault.set(KEY, "whsec_oldest")
        vault.set(KEY, OLD)
        vault.set(KEY, NEW)
        assert await texts(vault.source, KEY) == [NEW, OLD]

    async def test_a_rotation_is_noticed_while_running(self, vault: Vault) -> None:
        vault.set(KEY, OLD)
        assert await texts(vault.source, KEY) == [OLD]
        vault.set(KEY, NEW)
        assert await texts(vault.source, KEY) == [NEW, OLD]

    async def test_a_value_knows_its_secret_and_its_version(self, vault: Vault) -> None:
        vault.set(KEY, OLD)
        vault.set(KEY, NEW)
        current, previous = await vault.source.values(KEY)
        assert current.secret == previous.secret == KEY
        assert current.version != previous.version

    async def test_namespaces_keep_secrets_of_one_name_apart(self, vault: Vault) -> None:
        billing = secret("STRIPE_KEY", namespace="billing-team")
        vault.set(KEY, OLD)
        vault.set(billing, NEW)
        assert await texts(vault.source, KEY) == [OLD]
        assert await texts(vault.source, billing) == [NEW]

    async def test_a_value_may_be_any_text(self, vault: Vault) -> None:
        pem = "-----BEGIN PUBLIC KEY-----\nMCowBQ==\n-----END PUBLIC KEY-----"
        for text in (pem, " spaces stay ", 'quotes " and = and $', "schlüssel-鍵"):
            vault.set(KEY, text)
            assert (await texts(vault.source, KEY))[0] == text

    async def test_a_line_break_at_the_end_is_not_part_of_a_secret(self, vault: Vault) -> None:
        vault.set(KEY, f"{NEW}\r\n")
        assert await texts(vault.source, KEY) == [NEW]

    async def test_a_missing_secret_is_named_with_the_mend(self, vault: Vault) -> None:
        vault.set(KEY, NEW)
        with pytest.raises(SecretUnavailableError, match=r"OTHER_KEY.*; run: "):
            await vault.source.values(secret("OTHER_KEY"))

    async def test_a_secret_that_was_missing_can_be_supplied(self, vault: Vault) -> None:
        with pytest.raises(SecretUnavailableError):
            await vault.source.values(KEY)
        vault.set(KEY, NEW)
        assert await texts(vault.source, KEY) == [NEW]

    async def test_many_may_ask_at_once(self, vault: Vault) -> None:
        vault.set(KEY, NEW)
        answers = await asyncio.gather(*(texts(vault.source, KEY) for _ in range(50)))
        assert answers == [[NEW]] * 50

    async def test_no_value_is_printed(
        self, vault: Vault, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        vault.set(KEY, OLD)
        vault.set(KEY, NEW)
        values = await vault.source.values(KEY)
        with pytest.raises(SecretUnavailableError) as raised:
            await vault.source.values(secret("OTHER_KEY"))
        shown = f"{values!r} {vault.source!r} {raised.value!r} {caplog.text}"
        assert KEY.name in shown
        assert OLD not in shown
        assert NEW not in shown

    async def test_a_source_can_be_closed_unused_and_twice(self, vault: Vault) -> None:
        await vault.source.close()
        await vault.source.close()
