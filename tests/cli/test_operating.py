"""``layeron webhooks`` and ``layeron audit`` on a running service."""

from tests.cli.conftest import SECRETS, Terminal
from tests.cli.test_events import received


async def test_declared_webhooks_are_listed_with_their_events_of_a_day(terminal: Terminal) -> None:
    await received(terminal, "counted.refused")
    listed = {each["name"]: each for each in await terminal.lines("webhooks", "list")}
    assert listed["vendor"]["events"]["dead_letter"] >= 1
    assert listed["out"]["endpoints"] == ["crm"]
    head, *rows = (await terminal.said("webhooks", "list")).splitlines()
    assert head.split()[0] == "WEBHOOK"
    assert [row.split()[:2] for row in rows] == [
        ["default/vendor", "receives"],
        ["team/out", "sends"],
    ]


async def test_the_overview_says_what_happened_and_how_much_waits(terminal: Terminal) -> None:
    await received(terminal, "counted.overall")
    found = await terminal.json("overview", "--hours", "1")
    assert found["webhooks"]["default/vendor"]["succeeded"] >= 1
    assert [each["work"] for each in found["backlog"]] == ["handling", "sending"]
    shown = await terminal.said("overview", "--hours", "1")
    assert shown.startswith("since 20")
    for each in ("events", "default/vendor:", "took", "waiting", "for handling", "for sending"):
        assert each in shown
    told = await terminal.refusal("overview", "--hours", "745")
    assert told == "'hours' must be a number from 1 to 744"


async def test_a_webhook_is_shown_as_it_was_declared_without_secrets(terminal: Terminal) -> None:
    shown = await terminal.said("webhooks", "show", "vendor")
    assert "  at         /webhooks/vendor\n" in shown
    assert "  secrets    VENDOR_SECRET\n" in shown
    assert "  attempts   3 attempts, exponential from 0.1 s to 300 s, 60 s each\n" in shown
    sends = await terminal.said("webhooks", "show", "out", "--namespace", "team")
    assert "  endpoints  crm\n  types      order.paid, order.void\n" in sends
    for value in SECRETS.values():
        assert value not in shown + sends
    told = await terminal.refusal("webhooks", "show", "team/nobody")
    assert told == "no webhook is declared as 'team/nobody'"


async def test_a_replay_is_in_the_audit_log_with_who_asked_and_why(terminal: Terminal) -> None:
    event = await received(terminal, "audited.one")
    await terminal.said("events", "replay", event, "--reason", "mended")
    (entry,) = await terminal.lines("audit", "list", "--action", "event.replay", "--target", event)
    assert (entry["actor"], entry["status"]) == ("key tests", 202)
    assert entry["detail"]["reason"] == "mended"
    row = (await terminal.said("audit", "list", "--target", event)).splitlines()[1]
    assert row.endswith(f"  key tests  event.replay  202     {event}")
    await terminal.service.settled(event, replays=1)


async def test_a_key_with_too_small_a_scope_is_told_which_it_lacks(terminal: Terminal) -> None:
    event = await received(terminal, "scoped.one")
    made = await terminal.json(
        "keys", "create", "reader", "--scope", "read", "--data-dir", terminal.folder
    )
    reader = Terminal(
        terminal.service,
        terminal.customer,
        terminal.folder,
        {**terminal.environment, "LAYERON_API_KEY": made["key"]},
    )
    assert (await reader.json("events", "show", event))["id"] == event
    told = await reader.refusal("events", "replay", event)
    assert "lacks the scope 'replay'" in told
