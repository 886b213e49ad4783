"""``layeron rejections`` on a running service."""

import hashlib
import hmac
import json
import uuid
from typing import Any

import pytest

from layeron.adapters.secret_file import SecretFile
from layeron.adapters.secret_sources import FILE_NAME
from layeron.secrets import secret
from tests.cli.conftest import Terminal
from tests.support.service import eventually
from tests.support.vendor import SECRET, SECRET_NAME

APP = """
from layeron import backend, secret, webhooks
app = backend()
app.use(webhooks.custom(name="vendor", path="/webhooks/vendor",
                        signature={"header": "x-signature", "secret": secret("VENDOR_SECRET")}))
"""


async def rejected(terminal: Terminal, body: bytes, signature: str) -> dict[str, Any]:
    """The rejection of a request, as `list --json` prints it."""
    answer = await terminal.service.post("/webhooks/vendor", body=body, x_signature=signature)
    assert answer.status_code == 401

    async def noted() -> dict[str, Any] | None:
        listed = await terminal.lines("rejections", "list", "--limit", "1")
        return next((each for each in listed if each["size"] == len(body)), None)

    return await eventually(noted)


def a_body() -> bytes:
    size = uuid.uuid4().int % 5_000
    return json.dumps({"id": str(uuid.uuid4()), "type": "a.b", "fill": "x" * size}).encode()


async def test_a_refused_request_is_listed_and_shown_with_its_reason(terminal: Terminal) -> None:
    noted = await rejected(terminal, a_body(), b"\x1b[31m".hex() * 8)
    assert "body" not in noted
    listed = await terminal.said("rejections", "list", "--webhook", "default/vendor")
    assert listed.splitlines()[1].split()[0] == noted["id"]
    shown = await terminal.said("rejections", "show", noted["id"])
    assert shown.startswith(f"{noted['id']}  {noted['cause']}\n")
    assert f"  why        {noted['detail']}\n" in shown
    assert f"layeron rejections accept {noted['id']}\n" in shown
    assert SECRET not in shown
    whole = await terminal.json("rejections", "show", noted["id"])
    assert whole["body_base64"]
    assert whole["cause"] == noted["cause"]


async def test_rejections_are_narrowed_by_webhook_and_cause(terminal: Terminal) -> None:
    noted = await rejected(terminal, a_body(), "00" * 32)
    same = await terminal.lines("rejections", "list", "--cause", noted["cause"])
    assert noted["id"] in [each["id"] for each in same]
    others = await terminal.run("rejections", "list", "--cause", "stale_timestamp")
    assert (others.returncode, others.stdout) == (0, "")
    assert others.stderr == "no rejections match\n"
    assert await terminal.lines("rejections", "list", "--namespace", "team") == []
    assert (await terminal.run("rejections", "list", "--cause", "bad mood")).returncode == 2


async def test_a_refused_request_is_explained_step_by_step(terminal: Terminal) -> None:
    noted = await rejected(terminal, a_body(), "00" * 32)
    (terminal.folder / "hooks.py").write_text(APP)
    told = await terminal.said(
        "rejections", "show", noted["id"], "--explain", "--app", "hooks.py",
        "--data-dir", terminal.folder,
    )  # fmt: skip
    assert "it does not verify: no_match" in told
    assert "  signed content: " in told
    assert SECRET not in told


async def test_a_refused_request_comes_in_after_the_mend_and_once(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SECRET_NAME, raising=False)
    body, right = a_body(), "the secret that the provider has"
    signature = hmac.new(right.encode(), body, hashlib.sha256).hexdigest()
    noted = await rejected(terminal, body, signature)
    told = await terminal.refusal("rejections", "accept", noted["id"])
    assert told.startswith("it still does not verify")
    SecretFile(terminal.folder / FILE_NAME).set(secret(SECRET_NAME), right)
    accepted = await terminal.said("rejections", "accept", noted["id"])
    assert accepted.startswith("it is an event now; look at it: layeron events show whevt_")
    await terminal.service.settled(accepted.split()[-1])
    assert "came in already" in await terminal.refusal("rejections", "accept", noted["id"])
    shown = await terminal.said("rejections", "show", noted["id"])
    assert f"  event      {accepted.split()[-1]}\n" in shown


async def test_a_rejection_that_does_not_exist_is_a_failure(terminal: Terminal) -> None:
    for missing in ("whrej_01JD0000000000000000000000", "nonsense", "../keys"):
        for command in ("show", "accept"):
            assert missing in await terminal.refusal("rejections", command, missing)
