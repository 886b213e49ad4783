"""Logins to the dashboard."""

import pytest

from layeron.adapters.database import Database
from layeron.operating_records import Session
from tests.contract.records.examples import NOON, after

SESSION = Session("ab" * 32, "key_1", NOON, after(60))


def later(number: int) -> Session:
    return Session(f"{number:064x}", "key_2", after(number), after(number + 60))


async def test_a_session_is_found_until_it_expires(database: Database) -> None:
    await database.sessions.add(SESSION)
    assert await database.sessions.find(SESSION.token_hash, at=NOON) == SESSION
    assert await database.sessions.find(SESSION.token_hash, at=after(59.9)) == SESSION
    assert await database.sessions.find(SESSION.token_hash, at=after(60)) is None


@pytest.mark.parametrize("token_hash", ["", "ab", "\0", "\ud800", "ab" * 33])
async def test_a_session_nobody_opened_is_not_found(database: Database, token_hash: str) -> None:
    await database.sessions.add(SESSION)
    assert await database.sessions.find(token_hash, at=NOON) is None


async def test_a_session_that_was_ended_is_over(database: Database) -> None:
    other = later(1)
    for session in (SESSION, other):
        await database.sessions.add(session)
    await database.sessions.delete(SESSION.token_hash)
    await database.sessions.delete(SESSION.token_hash)
    assert await database.sessions.find(SESSION.token_hash, at=NOON) is None
    assert await database.sessions.find(other.token_hash, at=after(1)) == other


async def test_a_session_added_again_is_one(database: Database) -> None:
    await database.sessions.add(SESSION)
    await database.sessions.add(SESSION)
    assert await database.sessions.find(SESSION.token_hash, at=NOON) == SESSION


async def test_a_new_session_lets_expired_ones_be_forgotten(database: Database) -> None:
    for session in (SESSION, later(1), later(60)):
        await database.sessions.add(session)
    assert await database.sessions.find(SESSION.token_hash, at=NOON) is None
    assert await database.sessions.find(later(1).token_hash, at=NOON) == later(1)
