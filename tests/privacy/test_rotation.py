"""The codec on a living system: switched on, its key changed, wrong and missing."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.converter import (
    ActivitySerializationContext,
    SerializationContext,
    WithSerializationContext,
)

from layeron.adapters.temporal.codec import HistoryCodec
from layeron.adapters.temporal.converter import converter_with
from layeron.errors import SecretUnavailableError
from tests.privacy.codec import KEY, NAME, OTHER, codec_of, inputs
from tests.support.service import eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import collect, send, send_new, vendor


async def keys_of(operator: Client, workflow_id: str) -> set[bytes]:
    """The ids of the keys that a workflow's input was encrypted with; none if it was not."""
    started_with = await inputs(operator, workflow_id)
    return {each.metadata.get("encryption-key-id", b"") for each in started_with}


async def test_it_is_switched_on_while_events_wait(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[str] = []
    app, webhook = vendor(handler=collect(seen))
    options: dict[str, Any] = {"task_queue": "switched-on"}
    async with running_service(app, tmp_path, temporal, worker=False, **options) as before:
        plain = await send_new(before, {"id": "1"})
    async with running_service(app, tmp_path, temporal, codec=NAME, **options) as after:
        encrypted = await send_new(after, {"id": "2"})
        repeat = await send(after, {"id": "1"})
        assert repeat.json() == {"event_id": plain, "status": "duplicate"}
        records = [await after.settled(each) for each in (plain, encrypted)]
        assert [each.status for each in records] == ["succeeded", "succeeded"]
        await webhook.events.replay(plain)
        await after.settled(plain, replays=1)
    assert sorted(seen) == sorted([plain, encrypted, plain])
    operator = await temporal.connect()
    keys = [await keys_of(operator, each.workflow_id) for each in records]
    assert keys[0] == {b""}
    assert len(keys[1]) == 1
    assert keys[1] != {b""}


async def test_its_key_is_changed_while_events_wait(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    app, webhook = vendor(handler=collect(seen))
    options: dict[str, Any] = {"task_queue": "rotated", "codec": NAME}
    async with running_service(app, tmp_path, temporal, worker=False, **options) as before:
        first = await send_new(before, {"id": "1"})
        waiting = await webhook.events.get(first)
        assert waiting.status == "accepted"  # as the engine alone knows it, decrypted
    monkeypatch.setenv(f"{NAME}_PREVIOUS", KEY)
    monkeypatch.setenv(NAME, OTHER)
    async with running_service(app, tmp_path, temporal, **options) as after:
        second = await send_new(after, {"id": "2"})
        records = [await after.settled(each) for each in (first, second)]
        await webhook.events.replay(first)
        await after.settled(first, replays=1)
    assert sorted(seen) == sorted([first, second, first])
    operator = await temporal.connect()
    keys = [await keys_of(operator, each.workflow_id) for each in records]
    assert len(keys[0] | keys[1]) == 2


async def test_with_a_wrong_key_events_wait_for_the_right_one(
    tmp_path: Path,
    temporal: TemporalServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[str] = []
    app, _ = vendor(handler=collect(seen), delivery={"retry": {"attempts": 1}})
    options: dict[str, Any] = {"task_queue": "wrong-key", "codec": NAME}
    async with running_service(app, tmp_path, temporal, worker=False, **options) as before:
        event_id = await send_new(before, {"id": "1"})
    monkeypatch.setenv(NAME, OTHER)
    async with running_service(app, tmp_path, temporal, **options) as service:

        async def refused() -> bool | None:
            return f"another value of {NAME}" in caplog.text or None

        await eventually(refused)
        assert (await send(service, {"id": "1"})).status_code == 503
        monkeypatch.setenv(f"{NAME}_PREVIOUS", KEY)
        assert (await service.settled(event_id)).status == "succeeded"
    assert seen == [event_id]
    assert KEY not in caplog.text
    assert f"add that one as the previous value ({NAME}_PREVIOUS" in caplog.text


class Forgetful(HistoryCodec, WithSerializationContext):
    """The codec of a worker that has no key, for a while, for what activities are given."""

    def __init__(self, whole: HistoryCodec, times: int) -> None:
        super().__init__(None, "default")
        self._whole, self.left = whole, times

    @property
    def encrypts(self) -> bool:
        return True

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return await self._whole.encode(payloads)

    def with_context(self, context: SerializationContext) -> Any:
        return self if isinstance(context, ActivitySerializationContext) else self._whole

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        if self.left > 0:
            self.left -= 1
            return await codec_of({NAME: OTHER}).decode(payloads)
        return await self._whole.decode(payloads)


async def test_a_worker_without_the_key_uses_up_no_attempt(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[str] = []
    app, _ = vendor(handler=collect(seen), delivery={"retry": {"attempts": 1}})
    async with running_service(app, tmp_path, temporal, worker=False, codec=NAME) as service:
        forgetful = Forgetful(codec_of(os.environ), 2)
        service.temporal = await Client.connect(
            temporal.address, data_converter=converter_with(forgetful)
        )
        await service.work()
        event_id = await send_new(service, {"id": "1"})
        assert (await service.settled(event_id)).status == "succeeded"
    assert forgetful.left == 0
    assert seen == [event_id]


async def test_without_a_key_nothing_starts(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(NAME)
    app, _ = vendor(handler=collect([]))
    with pytest.raises(SecretUnavailableError, match=f"layeron secrets set {NAME} --generate"):
        async with running_service(app, tmp_path, temporal, codec=NAME):
            pass
