import pytest

from layeron.adapters.environment import EnvironmentSecrets
from layeron.errors import SecretUnavailableError
from layeron.secrets import Secret, secret
from tests.contract.secrets.suite import KEY, NEW, OLD, SecretSourceContract, texts


class Environment:
    def __init__(self) -> None:
        self.variables: dict[str, str] = {}
        self.source = EnvironmentSecrets(None, self.variables)

    def set(self, key: Secret, value: str) -> None:
        name = {"default": "", "billing-team": "BILLING_TEAM_"}[key.namespace] + key.name
        if name in self.variables:
            self.variables[f"{name}_PREVIOUS"] = self.variables[name]
        self.variables[name] = value


@pytest.fixture
def vault() -> Environment:
    return Environment()


class TestEnvironment(SecretSourceContract):
    pass


async def test_the_environment_of_the_process_is_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STRIPE_KEY", NEW)
    assert await texts(EnvironmentSecrets(None), KEY) == [NEW]


async def test_an_empty_variable_counts_as_missing(vault: Environment) -> None:
    vault.set(KEY, "")
    with pytest.raises(SecretUnavailableError, match="STRIPE_KEY"):
        await vault.source.values(KEY)


async def test_a_previous_value_alone_is_no_value(vault: Environment) -> None:
    vault.variables["STRIPE_KEY_PREVIOUS"] = OLD
    with pytest.raises(SecretUnavailableError):
        await vault.source.values(KEY)


async def test_both_mends_of_a_missing_secret_are_named(vault: Environment) -> None:
    with pytest.raises(
        SecretUnavailableError, match=r"export STRIPE_KEY=… or: layeron secrets set STRIPE_KEY$"
    ):
        await vault.source.values(KEY)
    with pytest.raises(
        SecretUnavailableError,
        match=r"export BILLING_A_KEY=… or: layeron secrets set a-key --namespace billing$",
    ):
        await vault.source.values(secret("a-key", namespace="billing"))
