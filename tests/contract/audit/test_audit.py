"""The audit log: what was about to be done, and what was answered."""

from dataclasses import replace

import pytest

from layeron.adapters.database import Database
from layeron.errors import CursorError
from layeron.identity import new_audit_id
from layeron.operating_records import AuditEntry
from tests.contract.records.examples import NOON, after

ENTRY = AuditEntry(
    id=new_audit_id(NOON),
    at=NOON,
    actor="key ops\0",
    action="event.replay",
    target="whevt_1 \ud800",
    detail={"reason": "bug \0 fixed", "endpoints": ["crm"], "force": True},
)


def numbered(number: int, action: str = "event.replay", target: str = "whevt_1") -> AuditEntry:
    at = after(number)
    return replace(ENTRY, id=new_audit_id(at), at=at, action=action, target=target)


async def test_an_entry_comes_back_as_it_was(database: Database) -> None:
    await database.audit.add(ENTRY)
    assert (await database.audit.list(limit=10)).entries == [ENTRY]


async def test_an_entry_added_again_is_one(database: Database) -> None:
    await database.audit.add(ENTRY)
    await database.audit.add(replace(ENTRY, actor="somebody else"))
    assert (await database.audit.list(limit=10)).entries == [ENTRY]


async def test_what_was_answered_is_noted_once(database: Database) -> None:
    await database.audit.add(ENTRY)
    await database.audit.add(numbered(1))
    await database.audit.complete(ENTRY.id, 202)
    await database.audit.complete(ENTRY.id, 500)
    await database.audit.complete("whaud_unknown", 200)
    other, entry = (await database.audit.list(limit=10)).entries
    assert (entry, other.status) == (replace(ENTRY, status=202), None)


async def test_pages_follow_each_other_newest_first(database: Database) -> None:
    entries = [
        numbered(n, f"endpoint.{'create' if n % 2 else 'delete'}", f"whep_{n % 3}")
        for n in range(9)
    ]
    for entry in entries:
        await database.audit.add(entry)

    async def found(action: str | None, target: str | None) -> list[AuditEntry]:
        seen: list[AuditEntry] = []
        cursor = None
        while True:
            page = await database.audit.list(action=action, target=target, limit=2, cursor=cursor)
            assert len(page.entries) <= 2
            seen += page.entries
            if (cursor := page.next_cursor) is None:
                return seen

    newest_first = entries[::-1]
    create, second = "endpoint.create", "whep_1"
    assert await found(None, None) == newest_first
    assert await found(create, None) == [each for each in newest_first if each.action == create]
    assert await found(None, second) == [each for each in newest_first if each.target == second]
    assert await found(create, second) == [entries[7], entries[1]]
    assert await found("endpoint", None) == []


async def test_a_target_of_any_length_is_found(database: Database) -> None:
    long, longer = numbered(1, target="x" * 10_000), numbered(2, target="x" * 10_001)
    for entry in (long, longer):
        await database.audit.add(entry)
    (found,) = (await database.audit.list(target=long.target, limit=10)).entries
    assert found.id == long.id


@pytest.mark.parametrize("cursor", ["", "x", "whevt_01M87HX43ACC2282GBSNFBF3Q6", "whaud_\0"])
async def test_what_is_no_cursor_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(CursorError, match="not a cursor"):
        await database.audit.list(limit=10, cursor=cursor)
