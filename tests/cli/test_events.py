"""``layeron events`` on a running service."""

import asyncio
import json
import os
import signal
from contextlib import ExitStack
from pathlib import Path

from tests.cli.conftest import Terminal
from tests.support.command import ctrl_c_ignored, refusal, running
from tests.support.gate import gate_before
from tests.support.service import eventually
from tests.support.vendor import send_new

MISSING = "whevt_01JD0000000000000000000000"


async def received(terminal: Terminal, event_type: str, **fields: object) -> str:
    """The id of a received event that has come to its end."""
    event_id = await send_new(terminal.service, {"type": event_type, **fields})
    await terminal.service.settled(event_id)
    return event_id


async def test_a_list_is_narrowed_by_each_filter(terminal: Terminal) -> None:
    event = await received(terminal, "listed.one", id="evt_listed_one")
    other = await received(terminal, "listed.refused", id="evt_listed_two")
    for narrowed in (
        ("--webhook", "default/vendor"),
        ("--webhook", "vendor", "--namespace", "default"),
        ("--direction", "inbound"),
        ("--status", "succeeded"),
        ("--type", "listed.one"),
        ("--external-id", "evt_listed_one"),
        ("--search", "listed.o"),
        ("--since", "1h", "--until", "2999-01-01"),
    ):
        listed = [each["id"] for each in await terminal.lines("events", "list", *narrowed)]
        assert event in listed, narrowed
    for narrowed in (
        ("--namespace", "team"),
        ("--direction", "outbound"),
        ("--status", "dead_letter"),
        ("--type", "listed.refused"),
        ("--user", "nina"),
        ("--http-status", "500"),
        ("--until", "1h"),
    ):
        listed = [each["id"] for each in await terminal.lines("events", "list", *narrowed)]
        assert event not in listed, narrowed
    failed = await terminal.lines("events", "list", "--status", "dead_letter", "--since", "2h")
    assert other in [each["id"] for each in failed]


async def test_a_list_in_json_leaves_out_what_lists_do_not_load(terminal: Terminal) -> None:
    await received(terminal, "plain.one")
    (event,) = await terminal.lines("events", "list", "--limit", "1")
    assert {"attempts", "replays", "deliveries"}.isdisjoint(event)
    assert {"id", "attempt_count", "replay_count", "status"} <= set(event)


async def test_all_of_a_list_comes_page_after_page(terminal: Terminal) -> None:
    events = [await received(terminal, "paged.one") for _ in range(3)]
    some = await terminal.run("events", "list", "--type", "paged.one", "--limit", "2", "--json")
    listed = [json.loads(line)["id"] for line in some.stdout.splitlines()]
    assert listed == events[:0:-1]
    told, _, cursor = some.stderr.strip().rpartition(" ")
    assert told == "there are more: --all, a higher --limit, or --cursor"
    rest = await terminal.lines("events", "list", "--type", "paged.one", "--cursor", cursor)
    assert [each["id"] for each in rest] == events[:1]
    every = await terminal.run("events", "list", "--type", "paged.one", "--all")
    assert [line.split()[0] for line in every.stdout.splitlines()] == ["EVENT", *events[::-1]]
    assert every.stderr == ""


async def test_events_are_counted_and_exported_as_they_are_filtered(
    terminal: Terminal, tmp_path: Path
) -> None:
    events = [await received(terminal, "filed.one") for _ in range(2)]
    filed = ("--type", "filed.one")
    assert await terminal.said("events", "count", *filed) == "2\n"
    assert await terminal.json("events", "count", *filed) == {"total": 2, "capped": False}
    lines = (await terminal.said("events", "export", *filed, "--format", "ndjson")).splitlines()
    assert [json.loads(line)["id"] for line in lines] == events[::-1]
    file = tmp_path / "events.csv"
    assert await terminal.said("events", "export", *filed, "--output", file) == ""
    head, *rows = file.read_text().splitlines()
    assert head.startswith("id,direction,")
    assert [row.partition(",")[0] for row in rows] == events[::-1]
    await terminal.refusal("events", "export", "--cursor", "x", "--output", tmp_path / "none.csv")
    assert os.listdir(tmp_path) == ["events.csv"]  # noqa: PTH208  # it may block here


async def test_what_went_wrong_is_shown_with_its_traceback_once(terminal: Terminal) -> None:
    event = await received(terminal, "shown.refused")
    shown = await terminal.said("events", "show", event)
    assert shown.startswith(f"{event}  shown.refused  dead_letter\n")
    assert "looking at it kind=shown.refused\n" in shown
    assert shown.count("Traceback (most recent call last):") == 1
    assert shown.count("with the same traceback") == 2
    assert "ValueError: the ledger is closed\\x1b[31m" in shown
    assert "\x1b" not in shown
    whole = await terminal.json("events", "show", event)
    assert [each["outcome"] for each in whole["attempts"]] == ["failed"] * 3
    assert "Traceback" in whole["attempts"][0]["error_trace"]


async def test_the_exact_bytes_are_printed_or_written_to_a_file(
    terminal: Terminal, tmp_path: Path
) -> None:
    body = b'{"type": "exact.one",\r\n "text": "\xc3\xa9\\u0000"}'
    event = await send_new(terminal.service, body=body)
    await terminal.service.settled(event)
    file = tmp_path / "body"
    assert await terminal.said("events", "payload", event, "--output", file) == ""
    assert file.read_bytes() == body
    assert await terminal.said("events", "payload", event) == body.decode().replace("\r\n", "\n")
    told = await terminal.refusal("events", "payload", event, "--output", tmp_path / "no" / "x")
    assert told.endswith(
        "cannot be written (No such file or directory); name another with --output."
    )


async def test_several_events_are_replayed_though_one_of_them_cannot_be(
    terminal: Terminal,
) -> None:
    events = [await received(terminal, "again.one") for _ in range(2)]
    result = await terminal.run(
        "events", "replay", events[0], MISSING, events[1], "--reason", "mended", "--json"
    )
    assert result.returncode == 1
    begun = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(each["event_id"], each["reason"]) for each in begun] == [
        (each, "mended") for each in events
    ]
    first, last = result.stderr.splitlines()
    assert first.startswith(f"layeron: {MISSING}: ")
    assert last == "layeron: 1 of 3 are not replayed; see above."
    for event in events:
        await terminal.service.settled(event, replays=1)


async def test_a_received_event_has_no_endpoint_to_be_sent_to(terminal: Terminal) -> None:
    event = await received(terminal, "kept.one")
    told = await terminal.refusal("events", "replay", event, "--endpoint", "crm")
    assert "was received, not sent" in told


async def test_what_comes_and_changes_is_shown_until_ctrl_c(
    terminal: Terminal, tmp_path: Path
) -> None:
    before = await received(terminal, "tailed.before")
    arguments = ("events", "tail", "--type", "tailed.*", "--every", "0.2", "--first", "1")
    log = tmp_path / "tail"
    with running(*arguments, "--json", folder=tmp_path, log=log, **terminal.environment) as tail:

        async def told(event: str, status: str) -> bool | None:
            lines = [json.loads(line) for line in tail.output.splitlines()]
            return (
                True if (event, status) in [(one["id"], one["status"]) for one in lines] else None
            )

        await eventually(lambda: told(before, "succeeded"))
        after = await received(terminal, "tailed.refused")
        await eventually(lambda: told(after, "dead_letter"))
        await terminal.said("events", "replay", before)
        await terminal.service.settled(before, replays=1)

        async def replayed() -> bool | None:
            counts = [json.loads(line)["replay_count"] for line in tail.output.splitlines()]
            return 1 in counts or None

        await eventually(replayed)
        tail.send(signal.SIGINT)
        assert await asyncio.to_thread(tail.ended) == 0
    assert "Traceback" not in log.read_text()


async def test_ctrl_c_ends_following_where_a_script_started_it_in_the_background(
    terminal: Terminal, tmp_path: Path
) -> None:
    before = await received(terminal, "hidden.before")
    arguments = ("events", "tail", "--type", "hidden.*", "--every", "0.2")
    log = tmp_path / "tail"
    with ExitStack() as stack:
        with ctrl_c_ignored():
            tail = stack.enter_context(
                running(*arguments, folder=tmp_path, log=log, **terminal.environment)
            )
        await asyncio.to_thread(tail.until, before)
        tail.send(signal.SIGINT)
        assert await asyncio.to_thread(tail.ended) == 0
    assert "Traceback" not in log.read_text()


async def test_following_goes_on_when_the_service_comes_back(
    terminal: Terminal, tmp_path: Path
) -> None:
    arguments = ("events", "tail", "--type", "gated.*", "--every", "0.2")
    async with gate_before(terminal.environment["LAYERON_URL"].removeprefix("http://")) as gate:
        there = {**terminal.environment, "LAYERON_URL": f"http://{gate.address}"}
        before = await received(terminal, "gated.before")
        with running(*arguments, folder=tmp_path, log=tmp_path / "tail", **there) as tail:
            await asyncio.to_thread(tail.until, before)
            await gate.shut()
            await asyncio.to_thread(tail.until, r"does not answer .*; it is tried again$")
            after = await received(terminal, "gated.after")
            await gate.open()
            await asyncio.to_thread(tail.until, after)
    assert tail.output.count("it is tried again") == 1


async def test_following_a_service_that_never_answered_is_a_failure(tmp_path: Path) -> None:
    nowhere = ("--url", "http://127.0.0.1:9")
    assert "does not answer" in refusal("events", "tail", *nowhere, folder=tmp_path)
