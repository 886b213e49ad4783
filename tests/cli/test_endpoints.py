"""``layeron endpoints`` and ``layeron send`` on a running service."""

import json
import uuid
from pathlib import Path
from typing import Any

from tests.cli.conftest import SECRETS, Terminal
from tests.support.customer import always
from tests.support.service import eventually

OUT = ("--webhook", "team/out")
SHOWN_ONCE = "the secret is shown this one time; hand it to the receiver, which verifies with it\n"


async def created(
    terminal: Terminal, *options: str, event_type: str = "never.sent"
) -> dict[str, Any]:
    """A new endpoint and its secret, as `create --json` prints them.

    Without a type of event it gets nothing of what other tests send.
    """
    name = f"e{uuid.uuid4().hex[:12]}"
    url = terminal.customer.url
    made: dict[str, Any] = await terminal.json(
        "endpoints", "create", url, *OUT, "--name", name, "--event-type", event_type, *options
    )
    return made


async def test_an_endpoint_is_made_shown_changed_and_deleted(terminal: Terminal) -> None:
    url = terminal.customer.url
    made = await terminal.run(
        "endpoints", "create", url, "--webhook", "out", "--namespace", "team", "--name", "shop",
        "--event-type", "order.*", "--header", "X-Token: of-a-customer", "--timeout", "7",
        "--retry", "5s", "--retry", "2m", "--rate-limit", "3", "--fifo",
        "--description", "the shop", "--metadata", '{"tier": 1}',
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert made.stderr == SHOWN_ONCE
    assert "  secret     whsec_" in made.stdout
    shown = await terminal.said("endpoints", "show", "shop", *OUT)
    for line in (
        "shop  enabled\n", f"  url        {url}\n", "  types      order.*\n", "  timeout    7 s\n",
        "  retries    after 5 s, 120 s\n", "  rate       3 a second at most\n", "  fifo  ",
        "  about      the shop\n", "made over the API\n",
    ):  # fmt: skip
        assert line in shown
    assert "of-a-customer" not in shown
    assert "whsec_" not in shown
    changed = await terminal.json(
        "endpoints", "change", "shop", *OUT, "--to", f"{url}/new", "--rate-limit", "0",
        "--no-fifo", "--no-retry", "--event-type", "*",
    )  # fmt: skip
    assert (changed["url"], changed["rate_limit"], changed["fifo"]) == (f"{url}/new", None, False)
    assert (changed["retry_delays"], changed["event_types"]) == ([], ["*"])
    assert (changed["timeout_seconds"], changed["metadata"]) == (7, {"tier": 1})
    assert await terminal.said("endpoints", "delete", "shop", *OUT, "--yes") == "deleted shop\n"
    assert "no endpoint 'shop'" in await terminal.refusal("endpoints", "show", "shop", *OUT)


async def test_an_endpoint_is_disabled_and_enabled(terminal: Terminal) -> None:
    endpoint = (await created(terminal))["endpoint"]["name"]
    off = await terminal.said("endpoints", "disable", endpoint, *OUT)
    assert "  disabled (operator)\n" in off
    on = await terminal.json("endpoints", "enable", endpoint, *OUT)
    assert on["state"]["status"] == "enabled"


async def test_a_list_of_endpoints_is_a_table_or_a_json_object_a_line(terminal: Terminal) -> None:
    made = await created(terminal, "--user", "otto")
    listed = await terminal.lines("endpoints", "list", *OUT, "--user", "otto")
    assert [each["id"] for each in listed] == [made["endpoint"]["id"]]
    head, *rows = (await terminal.said("endpoints", "list", *OUT, "--all")).splitlines()
    assert head.split()[:3] == ["ENDPOINT", "NAME", "STATUS"]
    assert rows[0].split()[1] == "crm"  # the one in code comes first
    assert made["endpoint"]["id"] in [row.split()[0] for row in rows]


async def test_nothing_is_deleted_without_a_yes(terminal: Terminal) -> None:
    endpoint = (await created(terminal))["endpoint"]["id"]
    result = await terminal.run("endpoints", "delete", endpoint, *OUT)
    assert result.returncode == 2
    assert "this cannot be undone, and nobody is asked here; say --yes." in result.stderr
    await terminal.said("endpoints", "show", endpoint, *OUT)


async def test_a_declared_endpoint_is_changed_in_code_only(terminal: Terminal) -> None:
    assert "crm" in await terminal.refusal(
        "endpoints", "change", "crm", *OUT, "--to", terminal.customer.url
    )
    assert "crm" in await terminal.refusal("endpoints", "delete", "crm", *OUT, "--yes")


async def test_a_wrong_option_is_a_wrong_use(terminal: Terminal) -> None:
    url = terminal.customer.url
    for wrong, told in (
        (("create", url, *OUT, "--header", "X-Token"), "number 1 is no header field"),
        (("create", url, *OUT, "--metadata", "{"), "it is no JSON"),
        (("create", url, *OUT, "--retry", "5s", "--no-retry"), "--retry and --no-retry"),
        (("change", "crm", *OUT), "there is nothing to change"),
        (("list",), "--webhook"),
        (("list", *OUT, "--namespace", "other"), "is in namespace 'team'"),
        (("rotate-secret", *OUT), "name an endpoint, or a customer"),
    ):
        result = await terminal.run("endpoints", *wrong)
        assert (result.returncode, result.stdout) == (2, ""), wrong
        assert told in result.stderr
        assert "Traceback" not in result.stderr
    told = await terminal.refusal("endpoints", "create", "ftp://x", *OUT)
    assert "url" in told


async def test_a_renewed_secret_is_printed_alone_with_a_warning_beside_it(
    terminal: Terminal,
) -> None:
    made = await created(terminal)
    endpoint = made["endpoint"]["name"]
    new = await terminal.run("endpoints", "rotate-secret", endpoint, *OUT, "--grace", "1h")
    assert new.returncode == 0
    assert new.stdout.startswith("whsec_")
    assert new.stdout.strip() != made["secret"]
    warning, until = new.stderr.splitlines()
    assert f"{warning}\n" == SHOWN_ONCE
    assert until.startswith("the one before signs, too, until 20")
    told = await terminal.refusal("endpoints", "rotate-secret", endpoint, *OUT, "--grace", "soon")
    assert "'grace' must be a duration" in told
    await created(terminal, "--user", "nora")
    users = await terminal.json("endpoints", "rotate-secret", *OUT, "--user", "nora")
    assert users["secret"].startswith("whcms_")


async def test_a_test_event_that_is_not_delivered_is_a_failure(terminal: Terminal) -> None:
    shown = await terminal.said("endpoints", "test", "crm", *OUT, "--type", "order.paid")
    assert "  to         crm  succeeded, 1 attempt\n" in shown
    assert b'"total":5' in terminal.customer.bodies[-1]
    terminal.customer.answering = always(500)
    try:
        result = await terminal.run("endpoints", "test", "crm", *OUT)
    finally:
        terminal.customer.answering = always(200)
    assert result.returncode == 1
    assert "  attempt 1 to crm  failed in " in result.stdout
    assert ", answered 500" in result.stdout
    assert result.stderr.startswith("layeron: the test event was not delivered to crm (")


async def test_an_event_is_sent_listed_and_sent_again(terminal: Terminal, tmp_path: Path) -> None:
    payload = {"order": f"o-{uuid.uuid4()}", "note": "é"}
    (tmp_path / "payload.json").write_text(json.dumps(payload))
    key = f"key-{uuid.uuid4()}"
    only = ("--endpoint", "crm", "--header", "X-Trace: 7", "--key", key)
    sent = await terminal.json(
        "send", "team/out", "order.paid", f"@{tmp_path / 'payload.json'}", *only
    )
    assert [each["endpoint"] for each in sent["deliveries"]] == ["crm"]
    await terminal.service.settled(sent["event_id"])
    assert json.loads(terminal.customer.bodies[-1])["data"] == payload
    assert terminal.customer.requests[-1].headers["x-trace"] == "7"
    again = await terminal.said(
        "send", "team/out", "order.paid", "-", *only, stdin=json.dumps(payload)
    )
    assert again.startswith(f"{sent['event_id']} was sent before, with this key;")
    other = await terminal.run("send", "team/out", "order.paid", "{}", *only)
    assert "use another --key" in other.stderr
    listed = await terminal.lines("endpoints", "deliveries", "crm", *OUT, "--status", "succeeded")
    assert sent["event_id"] in [each["event_id"] for each in listed]
    events = await terminal.lines("events", "list", "--http-status", "200", "--external-id", key)
    assert [each["id"] for each in events] == [sent["event_id"]]
    shown = await terminal.said("events", "show", sent["event_id"])
    assert "  to         crm  succeeded, 1 attempt\n" in shown
    await terminal.said("events", "replay", sent["event_id"], "--endpoint", "crm")
    await terminal.service.settled(sent["event_id"], replays=1)
    assert SECRETS["CRM_SECRET"] not in shown


async def test_a_payload_that_cannot_be_sent_is_told_of(terminal: Terminal) -> None:
    for payload, told in (("{", "it is no JSON"), ("NaN", "JSON has no NaN")):
        result = await terminal.run("send", "team/out", "order.paid", payload)
        assert result.returncode == 2
        assert told in result.stderr
    assert "cannot be read" in await terminal.refusal("send", "team/out", "order.paid", "@nothing")
    assert "no event type" in await terminal.refusal("send", "team/out", "order paid", "{}")
    assert "nobody" in await terminal.refusal("send", "team/nobody", "order.paid", "{}")


async def test_a_queue_that_waits_for_an_event_is_told_to_go_on(terminal: Terminal) -> None:
    made = await created(terminal, "--fifo", "--no-retry", event_type="order.void")
    endpoint = made["endpoint"]["name"]
    terminal.customer.answering = always(500)
    try:
        sent = await terminal.json("send", "team/out", "order.void", "1", "--endpoint", endpoint)

        async def waited_for() -> bool | None:
            listed = await terminal.lines("endpoints", "deliveries", endpoint, *OUT)
            return bool(listed and listed[0]["attempt_count"]) or None

        await eventually(waited_for)
    finally:
        terminal.customer.answering = always(200)
    told = await terminal.said("endpoints", "retry", endpoint, sent["event_id"], *OUT)
    assert told == f"the queue of {endpoint} tries {sent['event_id']} again\n"
    await terminal.service.settled(sent["event_id"], {"succeeded"})
    for command in ("skip", "retry"):
        missing = "whevt_01JD0000000000000000000000"
        await terminal.refusal("endpoints", command, "crm", missing, *OUT)
