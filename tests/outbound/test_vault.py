"""Generated signing secrets: made once, kept encrypted, live for a while after a rotation."""

import asyncio
import base64
import logging
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from cryptography.fernet import Fernet

from layeron.adapters.database import open_database, upgrade
from layeron.adapters.environment import EnvironmentSecrets
from layeron.errors import SecretUnavailableError
from layeron.identity import new_endpoint_id
from layeron.outbound.records import EndpointRecord, StoredSecret
from layeron.outbound.vault import MOST_OLD, Vault, owner_of
from layeron.ports.endpoints import EndpointStore
from layeron.secrets import ENCRYPTION_KEY
from tests.support.postgres import fresh_database

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NAME = ENCRYPTION_KEY.name
KEY, OTHER, THIRD = ("a first key " * 3, "another key " * 3, "the third one " * 3)


@dataclass
class Place:
    """A vault, its store, and the environment its key comes from."""

    store: EndpointStore
    environ: dict[str, str] = field(default_factory=lambda: {NAME: KEY})

    @property
    def vault(self) -> Vault:
        return Vault(self.store, EnvironmentSecrets(None, self.environ))

    async def keys(self, endpoint: EndpointRecord, at: datetime = NOW) -> list[str]:
        return list((await self.vault.keys_of([endpoint], at))[endpoint.id])

    async def kept(self, endpoint: EndpointRecord, at: datetime = NOW) -> list[StoredSecret]:
        owner = owner_of(endpoint)
        return list((await self.store.secrets([owner], at=at)).get(owner, ()))


@pytest.fixture(params=["sqlite", "postgresql"], name="url")
def _url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/records.db"
    else:
        with fresh_database() as url:
            yield url


@pytest_asyncio.fixture(name="place")
async def _place(url: str) -> AsyncGenerator[Place]:
    await asyncio.to_thread(upgrade, url)
    database = open_database(url)
    yield Place(database.endpoints)
    await database.close()


def an_endpoint(user_id: str | None = None) -> EndpointRecord:
    return EndpointRecord(
        id=new_endpoint_id(NOW),
        namespace="default",
        webhook="out",
        name="one",
        declared=True,
        url="https://example.com/",
        user_id=user_id,
    )


async def test_an_endpoint_without_a_secret_gets_one_and_keeps_it(place: Place) -> None:
    endpoint, other = an_endpoint(), an_endpoint()
    (made,) = await place.keys(endpoint)
    assert made.startswith("whsec_")
    assert len(base64.b64decode(made.removeprefix("whsec_"), validate=True)) == 32
    assert await place.keys(endpoint, NOW + 365 * DAY) == [made]
    assert await place.keys(other) != [made]


async def test_the_endpoints_of_a_user_share_a_secret_of_the_user(place: Place) -> None:
    first, second, others = an_endpoint("nina"), an_endpoint("nina"), an_endpoint("omar")
    elsewhere = replace(an_endpoint("nina"), webhook="another")
    keys = await place.vault.keys_of([first, second, others, elsewhere], NOW)
    assert keys[first.id] == keys[second.id]
    assert len({*keys[first.id], *keys[others.id], *keys[elsewhere.id]}) == 3
    assert all(key.startswith("whcms_") for each in keys.values() for key in each)


async def test_many_who_ask_at_once_for_a_first_secret_get_the_same(place: Place) -> None:
    endpoint = an_endpoint()
    answers = await asyncio.gather(*(place.keys(endpoint) for _ in range(20)))
    assert len({tuple(each) for each in answers}) == 1
    assert len(await place.kept(endpoint)) == 1


async def test_nobody_is_asked_for_and_nothing_is_made(place: Place) -> None:
    assert await place.vault.keys_of([], NOW) == {}


async def test_the_secret_before_signs_until_its_grace_ends(place: Place) -> None:
    endpoint = an_endpoint()
    (old,) = await place.keys(endpoint)
    new = await place.vault.rotate(endpoint.id, grace=DAY, at=NOW)
    assert new.previous_expires_at == NOW + DAY
    assert new.created_at == NOW
    assert await place.keys(endpoint, NOW + DAY - timedelta(seconds=1)) == [new.secret, old]
    assert await place.keys(endpoint, NOW + DAY) == [new.secret]


async def test_without_grace_the_secret_before_ends_at_once(place: Place) -> None:
    endpoint = an_endpoint("nina")
    await place.keys(endpoint)
    new = await place.vault.rotate(owner_of(endpoint), grace=timedelta(0), at=NOW)
    assert new.secret.startswith("whcms_")
    assert await place.keys(endpoint) == [new.secret]


async def test_without_grace_earlier_secrets_end_too(place: Place) -> None:
    endpoint = an_endpoint()
    await place.keys(endpoint)
    await place.vault.rotate(endpoint.id, grace=7 * DAY, at=NOW)
    new = await place.vault.rotate(endpoint.id, grace=timedelta(0), at=NOW + DAY)
    assert await place.keys(endpoint, NOW + DAY) == [new.secret]


async def test_a_rotation_where_there_was_none_ends_none(place: Place) -> None:
    endpoint = an_endpoint()
    new = await place.vault.rotate(endpoint.id, grace=DAY, at=NOW)
    assert new.previous_expires_at is None
    assert await place.keys(endpoint) == [new.secret]


async def test_ten_old_secrets_sign_beside_the_new_one_and_no_more(place: Place) -> None:
    endpoint = an_endpoint()
    made = await place.keys(endpoint)
    for hour in range(12):
        at = NOW + timedelta(hours=hour)
        made.insert(0, (await place.vault.rotate(endpoint.id, grace=7 * DAY, at=at)).secret)
    assert await place.keys(endpoint, NOW + DAY) == made[: MOST_OLD + 1]


async def test_an_earlier_secret_keeps_the_end_it_was_told(place: Place) -> None:
    endpoint = an_endpoint()
    await place.keys(endpoint)
    second = await place.vault.rotate(endpoint.id, grace=timedelta(hours=1), at=NOW)
    third = await place.vault.rotate(endpoint.id, grace=DAY, at=NOW + timedelta(minutes=1))
    assert await place.keys(endpoint, NOW + timedelta(hours=2)) == [third.secret, second.secret]


async def test_a_new_endpoint_is_shown_its_secret(place: Place) -> None:
    endpoint = an_endpoint()
    shown = await place.vault.first_secret(endpoint, NOW)
    assert shown is not None
    assert await place.keys(endpoint) == [shown.secret]
    assert shown.secret not in repr(shown)


async def test_a_secret_that_a_delivery_made_first_is_shown_to_the_creator(place: Place) -> None:
    endpoint = an_endpoint()
    made = await place.keys(endpoint)
    shown = await place.vault.first_secret(endpoint, NOW)
    assert shown is not None
    assert [shown.secret] == made


async def test_the_secret_of_a_user_is_shown_to_exactly_one_of_many(place: Place) -> None:
    endpoints = [an_endpoint("nina") for _ in range(8)]
    shown = await asyncio.gather(*(place.vault.first_secret(each, NOW) for each in endpoints))
    (only,) = [each for each in shown if each is not None]
    assert await place.keys(endpoints[0]) == [only.secret]


async def test_what_is_kept_is_no_secret(place: Place) -> None:
    endpoint = an_endpoint()
    (secret,) = await place.keys(endpoint)
    (kept,) = await place.kept(endpoint)
    assert secret not in kept.ciphertext
    assert secret.removeprefix("whsec_") not in str(base64.urlsafe_b64decode(kept.ciphertext))
    assert kept.ciphertext not in repr(kept)


async def test_after_the_key_was_rotated_what_it_encrypted_still_opens(place: Place) -> None:
    endpoint, unread, later = an_endpoint(), an_endpoint(), an_endpoint()
    secrets = await place.keys(endpoint)
    await place.keys(unread)
    place.environ |= {NAME: OTHER, f"{NAME}_PREVIOUS": KEY}
    assert await place.keys(endpoint) == secrets
    made_under_the_new_key = await place.keys(later)
    del place.environ[f"{NAME}_PREVIOUS"]
    assert await place.keys(later) == made_under_the_new_key
    with pytest.raises(SecretUnavailableError):
        await place.keys(unread)


async def test_what_was_read_after_a_rotation_of_the_key_outlives_the_next_one(
    place: Place,
) -> None:
    endpoint, other = an_endpoint(), an_endpoint("nina")
    await place.keys(endpoint)
    await place.vault.rotate(endpoint.id, grace=DAY, at=NOW)
    both = await place.vault.keys_of([endpoint, other], NOW)
    place.environ |= {NAME: OTHER, f"{NAME}_PREVIOUS": KEY}
    assert await place.vault.keys_of([endpoint, other], NOW) == both
    renewed = await place.kept(endpoint)
    assert await place.vault.keys_of([endpoint, other], NOW) == both
    assert await place.kept(endpoint) == renewed
    place.environ |= {NAME: THIRD, f"{NAME}_PREVIOUS": OTHER}
    assert await place.vault.keys_of([endpoint, other], NOW) == both


async def test_a_secret_that_cannot_be_renewed_now_is_read_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with fresh_database() as url:
        await asyncio.to_thread(upgrade, url)
        database = open_database(url)
        endpoint = an_endpoint()
        secrets = await Place(database.endpoints).keys(endpoint)
        await database.close()
        with psycopg.connect(url, autocommit=True) as operator:
            operator.execute(
                "DO $$ BEGIN EXECUTE format("
                "'ALTER DATABASE %I SET default_transaction_read_only = on', current_database());"
                " END $$"
            )
        database = open_database(url)
        place = Place(database.endpoints, {NAME: OTHER, f"{NAME}_PREVIOUS": KEY})
        kept = await place.kept(endpoint)
        assert await place.keys(endpoint) == secrets
        assert await place.kept(endpoint) == kept
        await database.close()
    assert "signing secrets (1) stay encrypted with an older LAYERON_ENCRYPTION_KEY" in caplog.text
    assert kept[0].ciphertext not in caplog.text


async def test_a_secret_that_no_key_opens_is_named_with_the_mend(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint = an_endpoint("nina")
    (secret,) = await place.keys(endpoint)
    (kept,) = await place.kept(endpoint)
    place.environ[NAME] = THIRD
    with pytest.raises(SecretUnavailableError) as caught:
        await place.keys(endpoint)
    said = str(caught.value)
    assert said.startswith("The signing secret of user/default/out/nina was encrypted with another")
    assert f"{NAME}_PREVIOUS" in said
    assert "rotate this secret with a grace of 0" in said
    for hidden in (secret, kept.ciphertext, KEY, THIRD):
        assert hidden not in said + caplog.text
    new = await place.vault.rotate(owner_of(endpoint), grace=timedelta(0), at=NOW)
    assert await place.keys(endpoint) == [new.secret]


@pytest.mark.parametrize(
    "ciphertext",
    [
        "",
        "x",
        "é",
        pytest.param(Fernet(Fernet.generate_key()).encrypt(b"x").decode(), id="of another key"),
    ],
)
async def test_an_altered_ciphertext_is_told_like_one_of_another_key(
    place: Place, ciphertext: str
) -> None:
    endpoint = an_endpoint()
    altered = StoredSecret("whkey_1", ciphertext, NOW)
    await place.store.add_secret(endpoint.id, altered, others_expire_at=None, keep=10)
    with pytest.raises(SecretUnavailableError, match="was encrypted with another"):
        await place.keys(endpoint)


@pytest.mark.parametrize("value", [None, ""])
async def test_without_a_key_nothing_is_kept_and_the_mend_is_told(
    place: Place, value: str | None
) -> None:
    place.environ = {} if value is None else {NAME: value}
    endpoint = an_endpoint()
    for asking in (
        place.vault.check(),
        place.keys(endpoint),
        place.vault.first_secret(endpoint, NOW),
        place.vault.rotate(endpoint.id, grace=DAY, at=NOW),
    ):
        with pytest.raises(SecretUnavailableError) as caught:
            await asking
        assert f"layeron secrets set {NAME} --generate" in str(caught.value)
        assert f"The secret {NAME} has no value" in str(caught.value)
    assert await place.kept(endpoint) == []


@pytest.mark.parametrize("which", [NAME, f"{NAME}_PREVIOUS"])
async def test_a_key_that_is_too_short_is_refused_without_showing_it(
    place: Place, which: str
) -> None:
    place.environ[which] = "hunter2" * 4
    with pytest.raises(SecretUnavailableError) as caught:
        await place.vault.check()
    assert "28 characters" in str(caught.value)
    assert f"layeron secrets set {NAME} --generate" in str(caught.value)
    assert "hunter2" not in str(caught.value)
