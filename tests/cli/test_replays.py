"""``layeron replays`` and ``layeron erase`` on a running service."""

import asyncio
import contextlib
import os
import pty
import subprocess
import uuid
from dataclasses import replace
from pathlib import Path

from tests.cli.conftest import Terminal
from tests.support.command import COMMAND, variables
from tests.support.recorded import BODY, STORED, put_on_record
from tests.support.service import eventually


async def recorded(terminal: Terminal, count: int) -> tuple[str, list[str]]:
    """Dead letters of a type that no other event has, and their ids."""
    service = terminal.service
    kind = f"bulk.t{uuid.uuid4().hex[:8]}"
    body = replace(STORED, name=kind)
    await service.tools.blobs.put(body.name, BODY)
    url = service.settings.effective_database_url
    ids = put_on_record(url, "default", "vendor", count, event_type=kind, body=body)
    return kind, ids


def shown(*arguments: str, answer: bytes, folder: Path, **more: str) -> tuple[int, str]:
    """How a command ends on a terminal whose user answers so, and what they see."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env=variables(TERM="xterm", **more),
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    os.write(master, answer)
    written = b""
    with contextlib.suppress(OSError):  # how a terminal says that nobody has it open any more
        while chunk := os.read(master, 4096):
            written += chunk
    os.close(master)
    return process.wait(), written.decode()


async def test_events_are_counted_replayed_and_watched_to_their_end(terminal: Terminal) -> None:
    kind, ids = await recorded(terminal, 12)
    only = ("--type", kind, "--webhook", "default/vendor")
    assert await terminal.said("replays", "start", *only, "--dry-run") == (
        "12 events would be replayed\n"
    )
    assert (await terminal.json("replays", "start", *only, "--dry-run"))["total"] == 12
    told = await terminal.said("replays", "start", *only, "--rate", "100", "--reason", "mended")
    bulk_id = told.split()[0]
    assert told == f"{bulk_id} replays 12 events; watch it: layeron replays watch {bulk_id}\n"
    watched = await terminal.said("replays", "watch", bulk_id)
    assert watched.endswith(f"{bulk_id} finished: 12 replayed, 0 could not be\n")
    *_, last = await terminal.lines("replays", "watch", bulk_id)
    assert (last["status"], last["replayed"], last["reason"]) == ("finished", 12, "mended")
    assert "event_ids" not in last
    seen = await terminal.said("replays", "show", bulk_id)
    assert seen.startswith(f"{bulk_id}  finished\n  about      default/vendor {kind} until 20")
    assert "  done       12/12, at most 100 in a second\n" in seen
    head, first, *_ = (await terminal.said("replays", "list")).splitlines()
    assert head.split()[:2] == ["BULK", "REPLAY"]
    assert first.split()[0] == bulk_id
    for each in ids:
        record = await terminal.service.settled(each, replays=1)
        assert [one.bulk_id for one in record.replays] == [bulk_id]


async def test_one_that_is_stopped_ends_the_watching_with_a_code_of_its_own(
    terminal: Terminal,
) -> None:
    kind, _ = await recorded(terminal, 50)
    started = await terminal.json("replays", "start", "--type", kind, "--rate", "1")
    bulk_id = started["id"]
    watching = asyncio.create_task(terminal.run("replays", "watch", bulk_id, "--every", "0.2"))
    assert (await terminal.json("replays", "pause", bulk_id))["status"] == "paused"
    assert (await terminal.said("replays", "resume", bulk_id)).startswith(f"{bulk_id}  running\n")
    assert (await terminal.json("replays", "stop", bulk_id))["status"] == "stopped"
    watched = await watching
    assert watched.returncode == 1
    assert f"{bulk_id} stopped: " in watched.stdout
    assert "start another" in await terminal.refusal("replays", "resume", bulk_id)


async def test_ids_are_read_from_a_file_and_from_another_command(terminal: Terminal) -> None:
    kind, ids = await recorded(terminal, 3)
    (terminal.folder / "ids").write_text("\n".join([*ids, ids[0]]))
    told = await terminal.json("replays", "start", "--ids-file", "ids", "--dry-run")
    assert told["total"] == 3
    listed = await terminal.said("events", "list", "--type", kind, "--json")
    result = await terminal.run(
        "replays", "start", "--ids-file", "-", "--rate", "100", "--watch", stdin=listed
    )
    assert result.returncode == 0
    assert result.stdout.endswith("finished: 3 replayed, 0 could not be\n")
    (terminal.folder / "none").write_text("nothing")
    assert "none holds no id of an event" in await terminal.refusal(
        "replays", "start", "--ids-file", "none"
    )
    assert "nowhere cannot be read" in await terminal.refusal(
        "replays", "start", "--ids-file", "nowhere"
    )


async def test_what_failed_is_recovered_and_gaps_of_an_endpoint_are_filled(
    terminal: Terminal,
) -> None:
    await recorded(terminal, 2)
    recover = ("--recover-since", "1h", "--webhook", "vendor")
    assert (await terminal.json("replays", "start", *recover, "--dry-run"))["total"] >= 2
    missing = ("--missing", "--endpoint", "crm", "--webhook", "team/out", "--since", "1h")
    assert "total" in await terminal.json("replays", "start", *missing, "--dry-run")
    for wrong in (
        ("--missing", "--webhook", "team/out", "--since", "1h"),
        ("--endpoint", "crm"),
        ("--missing", "--endpoint", "crm", "--since", "1h"),
        (*recover, "--status", "failed"),
        (*recover, "--ids-file", "ids"),
    ):
        assert (await terminal.run("replays", "start", *wrong)).returncode == 2
    assert (await terminal.refusal("replays", "start")).startswith("nothing says which events")


async def test_on_a_terminal_it_asks_first_and_shows_a_bar(terminal: Terminal) -> None:
    kind, ids = await recorded(terminal, 4)

    async def start(answer: bytes) -> tuple[int, str]:
        return await asyncio.to_thread(
            lambda: shown(
                *("replays", "start", "--type", kind, "--rate", "4", "--watch"),
                answer=answer,
                folder=terminal.folder,
                **terminal.environment,
            )
        )

    code, seen = await start(b"n\n")
    assert (code, "replay 4 events, at most 4 in a second?" in seen) == (1, True)
    assert (await terminal.service.tools.records.get_event(ids[0])).replay_count == 0
    code, seen = await start(b"y\n")
    assert code == 0
    assert "━" in seen
    assert "4 replayed, 0 could not be" in seen


async def test_nothing_is_erased_where_nobody_can_be_asked(terminal: Terminal) -> None:
    for what in (("event", "whevt_01M87HX43ACC2282GBSNFBF3Q6"), ("user", "u 1")):
        result = await terminal.run("erase", *what)
        assert result.returncode == 2
        assert "this cannot be undone, and nobody is asked here; say --yes." in result.stderr


async def test_bodies_are_erased_on_request(terminal: Terminal) -> None:
    _, (event_id,) = await recorded(terminal, 1)
    told = await terminal.said("erase", "event", event_id, "--yes")
    assert told == f"the body of {event_id} is deleted\n"
    assert "the body was deleted on" in await terminal.refusal("events", "replay", event_id)
    sent = await terminal.json("send", "team/out", "order.paid", '{"total": 1}', "--user", "u 1")
    await terminal.service.settled(sent["event_id"])
    await terminal.said("erase", "user", "u 1", "-y")

    async def erased() -> bool | None:
        record = await terminal.service.tools.records.get_event(sent["event_id"])
        return record.body_erased_at is not None or None

    await eventually(erased)
    for missing in ("whevt_01M87HX43ACC2282GBSNFBF3Q6", "../keys"):
        await terminal.refusal("erase", "event", missing, "-y")
    assert "there is no bulk replay '../keys'" in await terminal.refusal(
        "replays", "show", "../keys"
    )
