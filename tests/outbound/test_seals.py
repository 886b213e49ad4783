"""Header fields that hold credentials: sealed where they are kept, opened to be sent."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import pytest_asyncio

from layeron.adapters.database import open_database, upgrade
from layeron.adapters.environment import EnvironmentSecrets
from layeron.errors import SecretUnavailableError
from layeron.outbound.sealing import Seals, is_sealed
from layeron.outbound.vault import Vault
from layeron.ports.endpoints import EndpointStore
from layeron.secrets import ENCRYPTION_KEY
from tests.contract.endpoints.examples import NOON, an_endpoint

NAME = ENCRYPTION_KEY.name
KEY, OTHER, THIRD = ("a first key " * 3, "another key " * 3, "the third one " * 3)
TOKEN = "token-of-a-customer"
BARE = [("authorization", TOKEN), ("x-tenant", "7"), ("x-shape", "Bearer abcdefghijkl")]


@dataclass
class Place:
    """Seals, the store they renew fields in, and the environment their key comes from."""

    store: EndpointStore
    environ: dict[str, str] = field(default_factory=lambda: {NAME: KEY})

    @property
    def source(self) -> EnvironmentSecrets:
        return EnvironmentSecrets(None, self.environ)

    @property
    def seals(self) -> Seals:
        return Seals(self.store, self.source)


@pytest_asyncio.fixture(name="place")
async def _place(tmp_path: Path) -> AsyncGenerator[Place]:
    url = f"sqlite:///{tmp_path}/records.db"
    await asyncio.to_thread(upgrade, url)
    database = open_database(url)
    yield Place(database.endpoints)
    await database.close()


async def test_what_holds_a_credential_by_name_or_shape_is_sealed_and_opened(place: Place) -> None:
    sealed = await place.seals.seal(BARE)
    assert [is_sealed(value) for _, value in sealed] == [True, False, True]
    assert sealed[1] == ("x-tenant", "7")
    assert TOKEN not in str(sealed)
    assert await place.seals.open(sealed) == BARE
    assert await place.seals.seal(sealed) == sealed
    assert await place.seals.seal(BARE) != sealed


async def test_fields_without_a_credential_need_no_key(place: Place) -> None:
    place.environ.clear()
    for fields in ([], [("x-tenant", "7")]):
        assert await place.seals.open(await place.seals.seal(fields)) == fields
    assert await place.seals.open(BARE) == BARE  # of an earlier release
    with pytest.raises(SecretUnavailableError, match=f"layeron secrets set {NAME} --generate"):
        await place.seals.seal(BARE)


async def test_an_endpoints_fields_are_renewed_as_they_are_used(place: Place) -> None:
    endpoint = an_endpoint(headers=dict(await place.seals.seal(BARE)))
    await place.store.add(endpoint, most=5)
    assert await place.seals.open_of(endpoint) == BARE
    assert await place.store.get(endpoint.id) == endpoint
    place.environ = {NAME: OTHER, f"{NAME}_PREVIOUS": KEY}
    assert await place.seals.open_of(endpoint) == BARE
    place.environ = {NAME: THIRD, f"{NAME}_PREVIOUS": OTHER}
    renewed = await place.store.get(endpoint.id)
    assert renewed == replace(endpoint, headers=renewed.headers)
    assert await place.seals.open_of(renewed) == BARE
    with pytest.raises(SecretUnavailableError) as refused:
        await place.seals.open_of(endpoint)
    said = str(refused.value)
    assert said.startswith("The header field authorization of endpoint 'crm' was encrypted with")
    assert f"{NAME}_PREVIOUS" in said
    assert "give the field anew" in said
    assert endpoint.headers["authorization"] not in said


async def test_a_signing_secret_cannot_be_passed_off_as_a_header_field(place: Place) -> None:
    endpoint = an_endpoint()
    await Vault(place.store, place.source).keys_of([endpoint], NOON)
    ((stored,),) = (await place.store.secrets([endpoint.id], at=NOON)).values()
    ((_, sealed),) = await place.seals.seal([("x-token", TOKEN)])
    mark = sealed[: sealed.index("gAAAA")]
    with pytest.raises(SecretUnavailableError, match="was encrypted with another"):
        await place.seals.open([("x-token", mark + stored.ciphertext)])
