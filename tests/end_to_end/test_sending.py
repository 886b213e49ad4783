"""Sending from beginning to end with the database of production."""

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest

from layeron.redaction import REDACTED
from layeron.secrets import ENCRYPTION_KEY
from tests.sending.declared import SECRET, SECRET_NAME, publisher
from tests.sending.receivers import by_standardwebhooks
from tests.support.customer import in_turn, running_customer
from tests.support.postgres import fresh_database
from tests.support.service import running_service
from tests.support.temporal import TemporalServer


@pytest.fixture(name="postgresql")
def _postgresql(monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    monkeypatch.setenv(ENCRYPTION_KEY.name, "a key of more than thirty-two characters")
    monkeypatch.setenv("LAYERON_OUTBOUND_ALLOW", "127.0.0.0/8")
    with fresh_database() as url:
        yield url


async def test_an_event_is_sent_fails_is_tried_again_and_arrives_on_postgresql(
    tmp_path: Path, temporal: TemporalServer, postgresql: str
) -> None:
    async with (
        running_customer(in_turn(500, 204)) as ours,
        running_customer(in_turn(503, 410)) as theirs,
    ):
        app, out = publisher(ours.url)
        async with running_service(app, tmp_path, temporal, database_url=postgresql) as service:
            made, new = await out.endpoints.create(
                url=theirs.url,
                user_id="nina",
                headers={"authorization": "Bearer token-of-nina"},
                retry={"schedule": [0.05, 0.05]},
            )
            sent = await out.send("invoice.paid", {"n": 1}, user_id="nina")
            record = await service.settled(sent.event_id)
            assert {
                each.endpoint: (each.status, each.attempt_count) for each in record.deliveries
            } == {
                "a": ("succeeded", 2),
                made.name: ("held", 2),
            }
            assert [each.http_status for each in record.attempts if each.endpoint == "a"] == [
                500,
                204,
            ]
            theirs.answering = in_turn(204)
            await out.endpoints.enable(made.id)
            await out.events.replay(sent.event_id)
            record = await service.settled(sent.event_id, replays=1)
            assert (record.status, record.attempt_count) == ("succeeded", 5)
            shown = await out.endpoints.get(made.id)
    assert new is not None
    for customer, secret in ((ours, SECRET), (theirs, new.secret)):
        for request in customer.requests:
            assert await asyncio.to_thread(by_standardwebhooks, request, secret)
    assert (len(ours.requests), len(theirs.requests)) == (2, 3)
    assert theirs.requests[-1].headers["authorization"] == "Bearer token-of-nina"
    assert shown.headers == {"authorization": REDACTED}
