"""``layeron verify`` explains a captured request without showing a secret."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from layeron import secret, webhooks
from layeron.testing import signed_request

VALUE = "whsec_a-secret-of-this-test"
APP = """
from layeron import backend, secret, webhooks
app = backend()
app.use(webhooks.stripe(path="/webhooks/stripe", secret=secret("STRIPE_WEBHOOK_SECRET")))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hooks.py").write_text(APP)
    stripe = webhooks.stripe(path="/webhooks/stripe", secret=secret("STRIPE_WEBHOOK_SECRET"))
    request = signed_request(stripe, event_type="invoice.paid", secrets=VALUE)
    lines = [f"{name}: {value}" for name, value in request.headers.items()]
    head = "\r\n".join([f"POST {request.path} HTTP/1.1", "Host: localhost", *lines, "", ""])
    (tmp_path / "request.http").write_bytes(head.encode() + request.body)
    return tmp_path


def run(folder: Path, *arguments: str, value: str = VALUE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "layeron", "verify", "stripe", "--app", "hooks.py", *arguments],
        cwd=folder,
        env={**os.environ, "STRIPE_WEBHOOK_SECRET": value},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_good_request_verifies_step_by_step(folder: Path) -> None:
    told = run(folder, "request.http")
    assert told.returncode == 0, told.stderr
    assert "it verifies by secret STRIPE_WEBHOOK_SECRET" in told.stdout
    assert "signed content" in told.stdout
    assert VALUE not in told.stdout + told.stderr


def test_a_secret_without_a_value_is_no_trouble_while_another_one_has_some(folder: Path) -> None:
    two = '[secret("ROTATED_AWAY"), secret("STRIPE_WEBHOOK_SECRET")]'
    application = (folder / "hooks.py").read_text()
    (folder / "hooks.py").write_text(application.replace('secret("STRIPE_WEBHOOK_SECRET")', two))
    told = run(folder, "request.http")
    assert told.returncode == 0, told.stderr
    assert "it verifies by secret STRIPE_WEBHOOK_SECRET" in told.stdout
    none = run(folder, "request.http", value="")
    assert none.returncode == 1
    assert "Traceback" not in none.stderr


def test_a_wrong_secret_an_altered_body_and_an_old_time_are_told_apart(folder: Path) -> None:
    wrong = run(folder, "request.http", value="whsec_another-secret")
    assert wrong.returncode == 1
    assert "it does not verify: no_match" in wrong.stdout
    late = run(folder, "request.http", "--at", "2038-01-01T00:00:00Z")
    assert "stale_timestamp" in late.stdout
    captured = (folder / "request.http").read_bytes()
    (folder / "altered.http").write_bytes(captured + b"\n")
    altered = run(folder, "altered.http")
    assert "body_altered" in altered.stdout
    assert "without the white space around the body" in altered.stdout


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    told = run(folder, "nothing.http")
    assert told.returncode == 1
    assert told.stderr.startswith("layeron: nothing.http cannot be read")
    (folder / "empty.http").write_text("")
    assert "an HTTP message" in run(folder, "empty.http").stderr
