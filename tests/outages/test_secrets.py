"""Secrets that are missing at the start, that vanish, and that are no keys."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from layeron import secret
from layeron.adapters.database import upgrade
from layeron.settings import load_settings
from tests.support.service import running_service
from tests.support.temporal import TemporalServer, free_port
from tests.support.vendor import SECRET, SECRET_NAME, collect, send, send_new, vendor

APPLICATION = """
from layeron import backend, secret, webhooks

app = backend()
app.use(
    webhooks.custom(
        name="vendor",
        path="/webhooks/vendor",
        signature={"header": "x-signature", "secret": secret("NOT_THERE")},
        handler=print,
    )
)
"""
REFUSAL = (
    "layeron: The secret NOT_THERE has no value; run: export NOT_THERE=…"
    " or: layeron secrets set NOT_THERE\n"
)


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "layeron", "serve"],
        ["worker.py"],
    ],
    ids=" ".join,
)
def test_without_a_secret_it_declares_a_service_refuses_to_start_in_one_sentence(
    tmp_path: Path, command: list[str]
) -> None:
    app = tmp_path / "hooks.py"
    app.write_text(APPLICATION)
    upgrade(load_settings(data_dir=tmp_path / "data").effective_database_url)
    environment = {
        **os.environ,
        "LAYERON_APP": f"{app}:app",
        "LAYERON_DATA_DIR": str(tmp_path / "data"),
        "LAYERON_TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
        "LAYERON_PORT": str(free_port()),
    }
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stderr == REFUSAL
    assert ended.stdout == ""
    assert ended.returncode == 1


async def test_a_secret_that_vanishes_is_our_trouble_and_not_the_senders(
    tmp_path: Path,
    temporal: TemporalServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    async with running_service(app, tmp_path, temporal) as service:
        monkeypatch.delenv(SECRET_NAME)
        answer = await send(service, {"id": "1"})
        assert answer.status_code == 503
        assert SECRET_NAME not in answer.text
        assert f"The secret {SECRET_NAME} has no value" in caplog.text
        monkeypatch.setenv(SECRET_NAME, SECRET)
        event_id = await send_new(service, {"id": "1"})
        await service.settled(event_id)
    assert handled == [event_id]


async def test_an_event_accepted_before_its_secret_vanished_is_handled(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        event_id = await send_new(service, {"id": "1"})
        monkeypatch.delenv(SECRET_NAME)
        await service.work()
        assert (await service.settled(event_id)).status == "succeeded"
    assert handled == [event_id]


async def test_a_secret_that_is_no_key_of_its_kind_is_our_trouble_too(
    tmp_path: Path,
    temporal: TemporalServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv(SECRET_NAME, "no hexadecimal")
    rule = {"header": "x-signature", "secret": secret(SECRET_NAME), "secret_encoding": "hex"}
    app, _ = vendor(handler=collect([]), signature=rule)
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        answer = await send(service, {"id": "1"})
        assert answer.status_code == 503
        assert (await send(service, {"id": "1"}, x_signature="")).status_code == 401
    assert SECRET_NAME in caplog.text
    assert "no hexadecimal" not in caplog.text


async def test_during_a_rotation_both_values_verify_and_afterwards_only_the_new_one(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, webhook = vendor(handler=collect([]))
    async with running_service(app, tmp_path, temporal) as service:
        monkeypatch.setenv(f"{SECRET_NAME}_PREVIOUS", SECRET)
        monkeypatch.setenv(SECRET_NAME, "the-new-value")
        event_id = await send_new(service, {"id": "1"})
        await service.settled(event_id)
        record = await webhook.events.get(event_id)
        assert record.signature_secret == f"{SECRET_NAME} (previous)"
        monkeypatch.delenv(f"{SECRET_NAME}_PREVIOUS")
        assert (await send(service, {"id": "2"})).status_code == 401
