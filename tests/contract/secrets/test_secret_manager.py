import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import grpc
import pytest

from layeron.adapters.secret_manager import SecretManagerSecrets
from layeron.errors import SecretUnavailableError
from layeron.secrets import Secret, secret
from tests.contract.secrets.suite import KEY, NEW, OLD, SecretSourceContract, texts
from tests.support import broken_server
from tests.support.broken_server import Connection
from tests.support.secret_manager_server import (
    PROJECT,
    SecretManagerServer,
    running_secret_manager,
)

NOW = timedelta(0)
LATER = timedelta(hours=1)
NO_ANSWERS = [
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.UNKNOWN,
]


class SecretManagerVault:
    def __init__(self, server: SecretManagerServer, source: SecretManagerSecrets) -> None:
        self.server = server
        self.source = source

    def set(self, key: Secret, value: str) -> None:
        prefix = "" if key.namespace == "default" else f"{key.namespace}--"
        self.server.add_version(prefix + key.name, value)


@pytest.fixture
def server() -> Iterator[SecretManagerServer]:
    with running_secret_manager() as server:
        yield server


@asynccontextmanager
async def reading(
    server: SecretManagerServer,
    refresh: timedelta = NOW,
    keep: timedelta = LATER,
    patience: float = 1,
) -> AsyncGenerator[SecretManagerSecrets]:
    source = SecretManagerSecrets(
        PROJECT,
        refresh=refresh,
        keep=keep,
        deadline=timedelta(seconds=patience),
        endpoint=server.endpoint,
    )
    yield source
    await source.close()


@pytest.fixture
async def vault(server: SecretManagerServer) -> AsyncIterator[SecretManagerVault]:
    async with reading(server) as source:
        yield SecretManagerVault(server, source)


class TestSecretManager(SecretSourceContract):
    pass


async def test_disabled_versions_do_not_count(server: SecretManagerServer) -> None:
    numbers = [server.add_version("STRIPE_KEY", f"v{number}") for number in range(1, 6)]
    server.disable("STRIPE_KEY", numbers[4])
    server.disable("STRIPE_KEY", numbers[2])
    async with reading(server) as source:
        values = await source.values(KEY)
    assert [(each.version, each.value) for each in values] == [("4", "v4"), ("2", "v2")]


async def test_a_disabled_version_ends_while_running(server: SecretManagerServer) -> None:
    old = server.add_version("STRIPE_KEY", OLD)
    server.add_version("STRIPE_KEY", NEW)
    async with reading(server) as source:
        assert await texts(source, KEY) == [NEW, OLD]
        server.disable("STRIPE_KEY", old)
        assert await texts(source, KEY) == [NEW]


async def test_a_secret_whose_versions_are_all_disabled_has_no_value_any_more(
    server: SecretManagerServer,
) -> None:
    number = server.add_version("STRIPE_KEY", OLD)
    async with reading(server) as source:
        assert await texts(source, KEY) == [OLD]
        server.disable("STRIPE_KEY", number)
        with pytest.raises(
            SecretUnavailableError, match="enabled; run: gcloud secrets versions add STRIPE_KEY"
        ):
            await source.values(KEY)


async def test_a_missing_secret_is_named_with_the_command_that_makes_it(
    server: SecretManagerServer,
) -> None:
    async with reading(server) as source:
        with pytest.raises(
            SecretUnavailableError,
            match="run: gcloud secrets create billing--KEY --project=tests --data-file=-",
        ):
            await source.values(secret("KEY", namespace="billing"))


async def test_a_refusal_names_the_roles_and_ends_what_was_remembered(
    server: SecretManagerServer,
) -> None:
    server.add_version("STRIPE_KEY", OLD)
    async with reading(server) as source:
        assert await texts(source, KEY) == [OLD]
        server.failing = grpc.StatusCode.PERMISSION_DENIED
        with pytest.raises(
            SecretUnavailableError,
            match=r"STRIPE_KEY .*roles/secretmanager\.secretAccessor and roles/secretmanager\.view",
        ):
            await source.values(KEY)


@pytest.mark.parametrize("status", NO_ANSWERS)
async def test_the_last_values_are_used_while_the_store_does_not_answer(
    server: SecretManagerServer, status: grpc.StatusCode, caplog: pytest.LogCaptureFixture
) -> None:
    server.add_version("STRIPE_KEY", OLD)
    async with reading(server) as source:
        assert await texts(source, KEY) == [OLD]
        server.failing = status
        assert await texts(source, KEY) == [OLD]
        assert await texts(source, KEY) == [OLD]
    warnings = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert "STRIPE_KEY" in warnings[0].getMessage()


async def test_the_last_values_are_not_used_for_ever(server: SecretManagerServer) -> None:
    server.add_version("STRIPE_KEY", OLD)
    async with reading(server, keep=NOW) as source:
        assert await texts(source, KEY) == [OLD]
        server.failing = grpc.StatusCode.UNAVAILABLE
        with pytest.raises(SecretUnavailableError, match="STRIPE_KEY"):
            await source.values(KEY)


async def test_a_store_that_answers_again_is_believed_again(server: SecretManagerServer) -> None:
    server.add_version("STRIPE_KEY", OLD)
    async with reading(server) as source:
        assert await texts(source, KEY) == [OLD]
        server.failing = grpc.StatusCode.INTERNAL
        assert await texts(source, KEY) == [OLD]
        server.failing = None
        server.add_version("STRIPE_KEY", NEW)
        for _ in range(1000):
            if await texts(source, KEY) == [NEW, OLD]:
                break
            await asyncio.sleep(0.01)
        assert await texts(source, KEY) == [NEW, OLD]


@pytest.mark.parametrize("status", NO_ANSWERS)
async def test_a_store_that_never_answered_is_trouble_of_ours(
    server: SecretManagerServer, status: grpc.StatusCode
) -> None:
    server.add_version("STRIPE_KEY", OLD)
    server.failing = status
    async with reading(server, patience=0.4) as source:
        with pytest.raises(SecretUnavailableError, match="does not give the secret STRIPE_KEY"):
            await source.values(KEY)
        server.failing = None
        assert await texts(source, KEY) == [OLD]


@pytest.mark.parametrize("connection", [broken_server.hang, broken_server.reset])
async def test_a_server_that_hangs_or_resets_is_trouble_of_ours(connection: Connection) -> None:
    async with broken_server.serving(connection) as address:
        server = SecretManagerServer(endpoint=address)
        async with reading(server, patience=0.4) as source:
            with pytest.raises(SecretUnavailableError, match="does not give the secret STRIPE_KEY"):
                await source.values(KEY)


async def test_a_look_up_after_a_failed_one_does_not_wait_for_a_store_that_hangs(
    server: SecretManagerServer,
) -> None:
    server.add_version("STRIPE_KEY", OLD)
    async with reading(server, patience=60) as source:
        assert await texts(source, KEY) == [OLD]
        server.failing = grpc.StatusCode.UNKNOWN
        assert await texts(source, KEY) == [OLD]
        with server.hanging():
            async with asyncio.timeout(20):
                assert await texts(source, KEY) == [OLD]
                server.calls.clear()
                while not server.calls:  # the store is being asked all the same
                    assert await texts(source, KEY) == [OLD]
                    await asyncio.sleep(0.01)
                assert await texts(source, KEY) == [OLD]


async def test_values_are_remembered_until_they_are_due(server: SecretManagerServer) -> None:
    server.add_version("STRIPE_KEY", OLD)
    async with reading(server, refresh=LATER) as source:
        await source.values(KEY)
        asked = list(server.calls)
        server.add_version("STRIPE_KEY", NEW)
        assert await texts(source, KEY) == [OLD]
        assert server.calls == asked


async def test_all_who_ask_at_once_share_one_question(server: SecretManagerServer) -> None:
    server.add_version("STRIPE_KEY", NEW)
    async with reading(server) as source:
        await asyncio.gather(*(source.values(KEY) for _ in range(50)))
    assert server.calls == ["list", "access"]


async def test_one_who_gives_up_does_not_disappoint_the_others(server: SecretManagerServer) -> None:
    server.add_version("STRIPE_KEY", NEW)
    async with reading(server) as source:
        hasty = asyncio.create_task(source.values(KEY))
        patient = asyncio.create_task(texts(source, KEY))
        await asyncio.sleep(0)
        hasty.cancel()
        assert await patient == [NEW]
        with pytest.raises(asyncio.CancelledError):
            await hasty


async def test_the_value_of_a_version_is_fetched_once(server: SecretManagerServer) -> None:
    server.add_version("STRIPE_KEY", OLD)
    async with reading(server) as source:
        await source.values(KEY)
        await source.values(KEY)
        server.add_version("STRIPE_KEY", NEW)
        await source.values(KEY)
    assert server.calls.count("access") == 2


async def test_a_value_damaged_on_its_way_is_not_used(server: SecretManagerServer) -> None:
    server.add_version("STRIPE_KEY", NEW)
    server.damaging = True
    async with reading(server) as source:
        with pytest.raises(SecretUnavailableError, match=r"STRIPE_KEY.* damaged"):
            await source.values(KEY)
        server.damaging = False
        assert await texts(source, KEY) == [NEW]


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\xfesecret"])
async def test_a_value_that_is_no_text_is_refused_and_not_shown(
    server: SecretManagerServer, data: bytes
) -> None:
    server.add_version("STRIPE_KEY", data)
    async with reading(server) as source:
        with pytest.raises(
            SecretUnavailableError, match=r"STRIPE_KEY/versions/1 is empty or no text"
        ) as raised:
            await source.values(KEY)
    assert raised.value.__cause__ is None
    assert "secret'" not in repr(raised.value)


async def test_a_source_can_be_closed_while_it_asks(server: SecretManagerServer) -> None:
    server.add_version("STRIPE_KEY", NEW)
    source = SecretManagerSecrets(PROJECT, refresh=NOW, endpoint=server.endpoint)
    await source.values(KEY)
    with server.hanging():
        asking = asyncio.create_task(source.values(KEY))
        await asyncio.sleep(0)
        await source.close()
        with pytest.raises(asyncio.CancelledError):
            await asking


async def test_without_credentials_the_secret_and_the_mend_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    source = SecretManagerSecrets(PROJECT, refresh=NOW)
    with pytest.raises(SecretUnavailableError, match=r"STRIPE_KEY .*credentials of this service"):
        await source.values(KEY)
    await source.close()
