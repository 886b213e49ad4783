"""``layeron dev`` and the commands beside it, on one running service."""

import json
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from layeron.keys import split_key
from tests.processes.local import PORTS, Local, event_in
from tests.processes.sending import Operator, outcomes, post
from tests.support.command import layeron, refusal


def test_it_says_what_runs_where_and_what_to_do_next(dev: Local) -> None:
    shown = dev.process.output
    assert (
        f"  webhook      vendor at {dev.url}/webhooks/vendor: order.created, order.held," in shown
    )
    ui = str(dev.process.until(r"Temporal UI  (http://\S+)")[1])
    assert httpx2.get(ui, trust_env=False, follow_redirects=True).is_success
    assert f"  data         {dev.folder / '.layeron'}\n" in shown
    assert "in another terminal:  layeron trigger vendor order.created\n" in shown
    assert "layeron events list\n" in shown
    assert "Ctrl-C stops it; the next start finds its data again." in shown


def test_it_has_a_key_to_encrypt_signing_secrets_with_that_nobody_had_to_make(dev: Local) -> None:
    file = dev.folder / ".layeron" / "secrets.json"
    assert len(json.loads(file.read_text())["LAYERON_ENCRYPTION_KEY"]) >= 32
    assert file.stat().st_mode & 0o777 == 0o600


def test_it_sends_itself_an_event_and_tells_its_life(dev: Local) -> None:
    sent = dev.process.until(r"^POST (\S+) → 202 .*\"(whevt_\w+)\",\"status\":\"accepted\"")
    assert sent[1] == f"{dev.url}/webhooks/vendor"
    event = sent[2]
    life = dev.process.until(rf"^{event}  order.created  succeeded\n(?:  .*\n)+", after=sent[0])[0]
    shown = [line.split()[0] for line in life.splitlines()[1:]]
    assert [each for each in shown if each != "order"] == [
        "webhook", "accepted", "stored", "attempt", "handled", "workflow", "dashboard", "API",
        "Temporal",
    ]  # fmt: skip
    assert f"  dashboard  {dev.url}/dashboard/events/{event}\n" in life
    assert f"  API        {dev.url}/api/v1/events/{event}\n" in life
    assert "order noted version=1" in life


def test_the_page_of_a_workflow_is_where_it_says(dev: Local) -> None:
    shown = dev.said("trigger", "vendor", "order.created")
    page = next(line.split()[1] for line in shown.splitlines() if line.startswith("  Temporal"))
    base, _, rest = page.partition("/namespaces/default/workflows/")
    workflow_id, _, run_id = rest.partition("/")
    api = f"{base}/api/v1/namespaces/default/workflows/{workflow_id}"
    known = httpx2.get(api, params={"execution.runId": run_id}, trust_env=False).json()
    assert known["workflowExecutionInfo"]["status"] == "WORKFLOW_EXECUTION_STATUS_COMPLETED"


def test_an_event_that_is_tried_again_is_followed_to_its_end(dev: Local) -> None:
    shown = dev.said("trigger", "vendor", "order.doubted")
    assert "the ledger does not answer; it is tried again\n" in shown
    assert "  attempt 2  succeeded" in shown


def test_a_handler_that_fails_for_good_is_an_exit_code_and_a_mend(dev: Local) -> None:
    result = layeron("trigger", "vendor", "order.refused", folder=dev.folder)
    assert result.returncode == 1
    assert "  attempt 3  failed" in result.stdout
    assert "ValueError: the ledger is closed" in result.stdout
    assert result.stderr.startswith(
        "layeron: the handler failed; mend it, then: layeron events replay whevt_"
    )


def test_an_event_that_is_not_over_when_waiting_ends_is_an_exit_code(dev: Local) -> None:
    result = layeron("trigger", "vendor", "order.held", "--wait", "1", folder=dev.folder)
    (dev.folder / "released").touch()
    event = event_in(result.stdout)
    assert result.returncode == 1
    assert result.stderr == (
        f"layeron: {event} is not over after 1 s (status processing); look again with: layeron"
        f" events show {event}\n"
    )
    assert dev.operator.settled(event)["status"] == "succeeded"


def test_a_handlers_own_traceback_is_shown_and_nobody_elses(dev: Local) -> None:
    layeron("trigger", "vendor", "order.refused", folder=dev.folder)
    dev.process.until(r"^    ValueError: the ledger is closed$")
    trace = dev.process.until(r"(?:^    .*\n)*^    ValueError: the ledger is closed$")[0]
    assert f'File "{dev.folder / "hooks.py"}", line' in trace
    assert trace.count('File "') == 1


def test_a_body_is_sent_as_given(dev: Local) -> None:
    text = '{"id": "mine", "type": "order.created"}'
    (dev.folder / "body.json").write_text(text)
    for number, data in enumerate((text, "@body.json", "-")):
        event = dev.trigger("--data", data, stdin=text)
        assert dev.said("events", "payload", event) == text
        shown = json.loads(dev.said("events", "show", event, "--json"))
        assert shown["external_event_id"] == "mine"
        assert shown["duplicates"] <= number
    assert "no-such-file cannot be read" in refusal(
        "trigger", "vendor", "--data", "@no-such-file", folder=dev.folder
    )


def test_a_webhook_that_does_not_exist_is_refused_with_those_that_do(dev: Local) -> None:
    told = refusal("trigger", "stripe", "invoice.paid", folder=dev.folder)
    assert told == "no webhook fits 'stripe'; this application declares: vendor."


def test_a_sample_signed_with_another_secret_is_refused_and_told_of(dev: Local) -> None:
    result = layeron("trigger", "vendor", folder=dev.folder, VENDOR_SECRET="another")
    assert result.returncode == 1
    assert "refused with 401; is the secret here that of the service?" in result.stderr


def test_a_type_without_a_handler_is_shown_as_unhandled(dev: Local) -> None:
    assert "  customer.moved  unhandled\n" in dev.said("trigger", "vendor", "customer.moved")


def test_events_are_listed_by_what_is_asked(dev: Local) -> None:
    event = dev.trigger("--data", '{"id": "listed", "type": "order.created"}')
    (other,) = {dev.trigger("--data", '{"id": "other", "type": "listed.too"}')}
    for arguments in (
        ("--webhook", "vendor", "--limit", "200"),
        ("--webhook", "default/vendor", "--limit", "200"),
        ("--status", "succeeded", "--limit", "200"),
        ("--type", "order.*", "--limit", "200"),
        ("--search", "listed"),
        ("--external-id", "listed"),
        ("--since", "1h", "--limit", "200"),
        ("--until", "2999-01-01", "--limit", "200"),
    ):
        assert event in dev.listed(*arguments), arguments
    for arguments in (
        ("--webhook", "billing/vendor"),
        ("--status", "unhandled"),
        ("--external-id", "other"),
        ("--until", "1h"),
        ("--since", "2999-01-01T00:00Z"),
    ):
        assert event not in dev.listed(*arguments), arguments
    assert dev.listed("--external-id", "other") == [other]


def test_pages_follow_one_another(dev: Local) -> None:
    for _ in range(2):
        dev.trigger("paged", "--no-follow")
    result = layeron("events", "list", "--limit", "1", "--json", folder=dev.folder)
    first = json.loads(result.stdout)
    told = "there are more: --all, a higher --limit, or --cursor "
    assert result.stderr.startswith(told)
    second = dev.listed("--limit", "1", "--cursor", result.stderr.removeprefix(told).strip())
    assert second[0] < first["id"]
    assert "cursor" in refusal("events", "list", "--cursor", "nonsense", folder=dev.folder)


def test_an_empty_list_says_so(dev: Local) -> None:
    result = layeron("events", "list", "--type", "never.sent", folder=dev.folder)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "no events match\n")


def test_an_event_that_does_not_exist_is_an_error(dev: Local) -> None:
    missing = "whevt_01JD0000000000000000000000"
    for command in (("show", missing), ("payload", missing), ("replay", missing)):
        assert missing in refusal("events", *command, folder=dev.folder)
    assert "nonsense" in refusal("events", "show", "nonsense", folder=dev.folder)


def test_a_replay_runs_the_handler_again_and_is_on_record(dev: Local) -> None:
    event = dev.trigger("order.created")
    begun = dev.said("events", "replay", event, "--reason", "the ledger was wrong")
    assert begun == f"replay 1 has begun; look at it: layeron events show {event}\n"
    deadline = time.monotonic() + 30
    while len(dev.operator.event(event)["attempts"]) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    shown = dev.said("events", "show", event)
    assert ": the ledger was wrong\n  attempt 1  succeeded" in shown
    assert "/replay%2F1" in shown or "%2Freplay%2F1" in shown
    ledger = [json.loads(line) for line in (dev.folder / "handled").read_text().splitlines()]
    keys = [each["key"] for each in ledger if each["key"] == event]
    assert len(keys) == 2


def test_a_key_opens_the_api_until_it_is_revoked(dev: Local) -> None:
    key = dev.said("keys", "create", "ops").strip()
    assert Operator(dev.url, key).get("/events").status_code == 200
    key_id, _ = split_key(key) or ("", "")
    dev.said("keys", "revoke", key_id)
    assert Operator(dev.url, key).get("/events").status_code == 401
    told = refusal("events", "list", folder=dev.folder, LAYERON_API_KEY=key)
    assert told.startswith("send a valid API key as bearer: set LAYERON_API_KEY")


def test_a_second_one_on_the_same_data_is_refused(dev: Local) -> None:
    told = refusal("dev", "hooks.py", *PORTS, folder=dev.folder)
    folder = dev.folder / ".layeron"
    assert told == f"another `layeron dev` uses {folder}; stop it, or choose another --data-dir."


@pytest.mark.parametrize("option", ["--port", "--temporal-port", "--ui-port"])
def test_a_taken_port_is_named_with_the_option_for_another(option: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = refusal("dev", "hooks.py", *PORTS, option, str(port), folder=tmp_path)
    assert told == (
        f"port {port} on 127.0.0.1 cannot be used (Address already in use); choose another with"
        f" {option}, or stop what listens there."
    )


def test_one_port_for_two_things_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
    both = ("--port", port, "--temporal-port", port, "--ui-port", "0")
    assert f"port {port} on 127.0.0.1 cannot be used" in refusal(
        "dev", "hooks.py", *both, folder=tmp_path
    )


def test_a_tampered_event_is_refused_and_the_reason_is_in_the_log(dev: Local) -> None:
    answer = httpx2.post(
        f"{dev.url}/webhooks/vendor",
        content=b"{}",
        headers={"x-signature": "00" * 32},
        trust_env=False,
    )
    assert answer.status_code == 401
    dev.process.until(r"WARNING vendor: rejected: \w+")


def test_settings_for_another_temporal_do_not_reach_the_embedded_one(dev: Local) -> None:
    running = dev.process.children()["worker"]
    variables = Path(f"/proc/{running}/environ").read_bytes().split(b"\0")
    assert b"TEMPORAL_API_KEY" not in {each.partition(b"=")[0] for each in variables}
    assert dev.operator.settled(dev.trigger("order.created"))["status"] == "succeeded"


def test_a_killed_worker_is_started_again(dev: Local) -> None:
    _kill(dev, "worker")
    assert outcomes(_sent_and_settled(dev, "after-worker")) == ["succeeded"]


def test_a_killed_api_is_started_again(dev: Local) -> None:
    _kill(dev, "serve")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx2.get(f"{dev.url}/health/live", trust_env=False)
            break
        except httpx2.TransportError:
            time.sleep(0.1)
    assert outcomes(_sent_and_settled(dev, "after-api")) == ["succeeded"]


def test_a_killed_engine_is_started_again_and_what_was_accepted_is_handled(dev: Local) -> None:
    accepted: list[str] = []
    deadline = time.monotonic() + 30
    for number in range(40):
        if number == 10:
            _kill(dev, "engine")
        answer = post(dev.url, f"engine-{number}")
        while answer.status_code == 503 and time.monotonic() < deadline:
            time.sleep(0.1)  # as its Retry-After asks a provider to do, with more patience
            answer = post(dev.url, f"engine-{number}")
        assert answer.status_code == 202, answer.text
        accepted.append(answer.json()["event_id"])
    for event in accepted:
        # An attempt that the dying engine gave to nobody counts as interrupted.
        *before, last = outcomes(dev.operator.settled(event))
        assert last == "succeeded"
        assert set(before) <= {"interrupted"}


def _kill(dev: Local, kind: str) -> None:
    """Kill a process of the service, and wait until it is said that it is started again."""
    before = dev.process.output
    os.kill(dev.process.children()[kind], signal.SIGKILL)
    dev.process.until(r"was ended by SIGKILL; it is started again$", after=before)


def _sent_and_settled(dev: Local, event_id: str) -> dict[str, Any]:
    answer = post(dev.url, event_id)
    assert answer.status_code == 202
    return dev.operator.settled(answer.json()["event_id"])
