"""How ``layeron dev`` starts and ends."""

import re
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.processes.local import PORTS, READY, running_dev
from tests.support.command import (
    PATIENCE_SECONDS,
    are_gone,
    ctrl_c_ignored,
    refusal,
    running,
    said,
)


def test_its_data_outlives_it_even_when_it_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "my own hooks"
    with running_dev("hooks.py", "--no-reload", folder=folder) as local:
        local.process.until(READY)
        first = local.trigger("order.created")
        operator = local.operator
        children = local.process.children()
        local.process.send(signal.SIGKILL)
        local.process.ended()
        assert are_gone(children)

    with running_dev("hooks:app", folder=folder) as local:
        local.process.until(READY)
        second = local.trigger("order.created")
        assert local.listed() == [second, first]
        assert local.said("events", "replay", first).startswith("replay 1 has begun")
        operator.url = local.url
        assert operator.get("/events").status_code == 200, "the key of the first start opens it"
        _, *keys = said("keys", "list", folder=folder).splitlines()
        assert len(keys) == 1

        before = local.process.output
        children = local.process.children()
        assert set(children) == {"engine", "serve", "worker"}
        local.process.send(signal.SIGTERM)
        assert local.process.ended() == 0
        assert are_gone(children)
        said_last = local.process.since(before)
        assert "Traceback" not in said_last
        assert "\nstopping (Ctrl-C again: at once)\n" in said_last
        assert said_last.endswith(f"stopped; the data is kept in {folder / '.layeron'}\n")


@pytest.mark.parametrize("sign", ["dev.lock", "temporal.log", "dev.json"])
def test_ctrl_c_during_the_start_ends_it_cleanly(sign: str, tmp_path: Path) -> None:
    with running_dev("hooks.py", folder=tmp_path) as local:
        _until_written(tmp_path / ".layeron" / sign)
        children = local.process.children()
        local.process.send(signal.SIGINT)
        code = local.process.ended()
        assert are_gone(children)
        assert code in {0, -signal.SIGINT}
        assert "Traceback" not in local.process.output


def test_ctrl_c_is_heard_where_a_script_started_it_in_the_background(tmp_path: Path) -> None:
    with ExitStack() as stack:
        with ctrl_c_ignored():
            local = stack.enter_context(running_dev("hooks.py", folder=tmp_path))
        _until_written(tmp_path / ".layeron" / "dev.lock")
        local.process.send(signal.SIGINT)
        assert local.process.ended() in {0, -signal.SIGINT}


def _until_written(file: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_second_ctrl_c_does_not_wait_for_handlers(tmp_path: Path) -> None:
    with running_dev("hooks.py", folder=tmp_path) as local:
        local.process.until(READY)
        event = local.trigger("order.held", "--no-follow")
        local.operator.settled(event, "processing")
        children = local.process.children()
        local.process.send(signal.SIGINT)
        local.process.until("stopping")
        local.process.send(signal.SIGINT)
        assert local.process.ended() == 0
        assert are_gone(children)


def test_a_missing_secret_is_named_with_both_mends(tmp_path: Path) -> None:
    (tmp_path / "hooks.py").write_text(
        "from layeron import backend, secret, webhooks\n"
        "app = backend()\n"
        'app.use(webhooks.stripe(path="/stripe", secret=secret("STRIPE_WEBHOOK_SECRET")))\n'
    )
    told = refusal("dev", "hooks.py", *PORTS, folder=tmp_path)
    assert "STRIPE_WEBHOOK_SECRET has no value" in told
    assert "export STRIPE_WEBHOOK_SECRET=" in told
    assert "layeron secrets set STRIPE_WEBHOOK_SECRET" in told


def test_what_cannot_be_loaded_is_told_of_once(tmp_path: Path) -> None:
    assert "there is no file" in refusal("dev", "nope.py", *PORTS, folder=tmp_path)
    (tmp_path / "hooks.py").write_text("app = backend(\n")
    with running("dev", "hooks.py", *PORTS, folder=tmp_path, log=tmp_path / "said") as process:
        assert process.ended() == 1
        assert len(re.findall("cannot be loaded", process.output)) == 1
        assert 'hooks.py", line 1' in process.output


def test_an_engine_that_cannot_start_is_told_of_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / ".layeron").mkdir()
    (tmp_path / ".layeron" / "temporal.db").write_text("this is no database")
    with running_dev("hooks.py", folder=tmp_path) as local:
        assert local.process.ended() == 1
        assert "layeron: the engine did not start: " in local.process.output
        assert str(tmp_path / ".layeron" / "temporal.log") in local.process.output
        assert "Traceback" not in local.process.output
