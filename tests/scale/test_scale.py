"""``docs/scale.md`` tells what is: each figure of an event is measured anew."""

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from math import factorial
from pathlib import Path

import pytest
import pytest_asyncio

from benchmarks.history import billable_actions
from benchmarks.queueing import Load, waits
from benchmarks.scale import MEASURED, TOLERANCE, Cost, tables
from layeron import Event, webhooks
from layeron.identity import replay_workflow_id
from layeron.outbound.declaration import OutboundWebhook
from layeron.secrets import ENCRYPTION_KEY
from tests.scale.measuring import Growth, left_by, open_growth, rows_of
from tests.support.customer import Customer, running_customer
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME, send_new, vendor

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"
IN_BYTES = ("history_bytes", "sqlite_bytes", "postgresql_bytes")
BODY = 1000
ATTEMPTS = 5
HEADERS = {
    "content_type": "application/json; charset=utf-8",
    "user_agent": "Vendor/1.0 (+https://vendor.example.com/webhooks)",
    "accept": "*/*",
    "accept_encoding": "gzip",
    "x_request_id": "8f1d3c1e-5d6f-4d8e-9c55-8f1d3c1e5d6f",
}


Happening = Callable[[], Awaitable[str]]
"""Lets an event happen whole, and gives its id."""


@dataclass
class Bench:
    """A service that receives and sends, and who is sent to."""

    service: Service
    publisher: OutboundWebhook
    customer: Customer
    folder: Path
    growth: Growth

    async def received(self, failures: int) -> Cost:
        """An event whose handler fails so often before it succeeds."""
        return await self._measured(lambda: self._receive(failures))

    async def replayed(self) -> Cost:
        """A replay, beside what the event cost itself."""
        event_id = await self._receive(0)

        async def replay() -> str:
            await self.service.app.webhooks[0].events.replay(event_id)
            await self.service.settled(event_id, replays=1)
            return event_id

        return await self._measured(replay, replay=1)

    async def sent_to(self, count: int) -> Cost:
        """An event for a customer who has so many endpoints."""
        customer = f"customer-{count}"
        for number in range(count):
            await self.publisher.endpoints.create(
                name=f"{customer}-{number}", url=self.customer.url, user_id=customer
            )

        async def send_it() -> str:
            key = uuid.uuid4().hex
            sent = await self.publisher.send(
                "order.created", {"text": "x" * (BODY - 130)}, idempotency_key=key, user_id=customer
            )
            await self.service.settled(sent.event_id)
            return sent.event_id

        await send_it()  # what a customer's first event makes, such as the secret, is made
        return await self._measured(send_it)

    async def _receive(self, failures: int) -> str:
        payload = {"id": uuid.uuid4().hex, "type": "order.created", "failures": failures}
        fill = BODY - len(json.dumps(payload | {"text": ""}))
        event_id = await send_new(self.service, payload | {"text": "x" * fill}, **HEADERS)
        await self.service.settled(event_id)
        return event_id

    async def _measured(self, happen: Happening, replay: int = 0) -> Cost:
        url = self.service.settings.effective_database_url
        objects, before = self._objects(), rows_of(url)
        event_id = await happen()
        left = left_by(event_id, before, rows_of(url))
        workflow_id = (await self.service.tools.records.get_event(event_id)).workflow_id
        if replay:
            workflow_id = replay_workflow_id(workflow_id, replay)
        handle = self.service.temporal.get_workflow_handle(workflow_id)
        described = (await handle.describe()).raw_description.workflow_execution_info
        events = (await handle.fetch_history()).events
        return Cost(
            actions=billable_actions(events),
            history_events=len(events),
            history_bytes=described.history_size_bytes,
            rows=left.count,
            sqlite_bytes=self.growth.in_sqlite(left),
            postgresql_bytes=self.growth.in_postgresql(left),
            objects=self._objects() - objects,
        )

    def _objects(self) -> int:
        return sum(each.is_file() for each in (self.folder / "bodies").rglob("*"))


@pytest_asyncio.fixture(scope="module")
async def bench(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Bench]:
    def handle(event: Event) -> None:
        if event.attempt <= json.loads(event.raw_body)["failures"]:
            raise ConnectionError("not yet")

    folder = tmp_path_factory.mktemp("bench")
    retry = {"attempts": ATTEMPTS, "initial_delay_seconds": 0.05, "max_delay_seconds": 0.05}
    app, webhook = vendor(handler=handle, delivery={"retry": retry})
    publisher = webhooks.out("out", namespace=webhook.namespace, endpoints_per_user=100)
    app.use(publisher)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECRET_NAME, SECRET)
        patch.setenv(ENCRYPTION_KEY.name, "what endpoints are trusted with: this key")
        async with (
            running_customer() as customer,
            running_service(app, folder, temporal, outbound_allow="127.0.0.0/8") as service,
        ):
            growth = await asyncio.to_thread(open_growth, folder)
            yield Bench(service, publisher, customer, folder, growth)


KINDS: Mapping[str, Callable[[Bench], Awaitable[Cost]]] = {
    "received": lambda bench: bench.received(0),
    "received, handled at the second attempt": lambda bench: bench.received(1),
    "received, a dead letter after 5 attempts": lambda bench: bench.received(ATTEMPTS),
    "its replay, in addition": lambda bench: bench.replayed(),
    "sent to 1 endpoint": lambda bench: bench.sent_to(1),
    "sent to 100 endpoints": lambda bench: bench.sent_to(100),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_event_costs_what_the_page_says(bench: Bench, kind: str) -> None:
    found = await KINDS[kind](bench)
    said = MEASURED[kind]
    assert replace(found, **{name: getattr(said, name) for name in IN_BYTES}) == said
    for name in IN_BYTES:
        assert getattr(found, name) == pytest.approx(getattr(said, name), rel=TOLERANCE), name


def test_the_page_has_every_table_as_it_is_computed() -> None:
    page = PAGE.read_text()
    for name, table in tables().items():
        assert table in page, (
            f"docs/scale.md: put in what `python -m benchmarks.scale` says: {name}"
        )
    assert list(MEASURED) == list(KINDS)


@pytest.mark.parametrize("busy", [0.5, 0.9])
@pytest.mark.parametrize("places", [1, 10])
def test_the_simulation_waits_as_long_as_the_theory_of_queues_says(
    places: int, busy: float
) -> None:
    offered = places * busy
    free = sum(offered**n / factorial(n) for n in range(places))
    full = offered**places / factorial(places) / (1 - busy)
    waiting = full / (free + full)  # Erlang's formula: how many find no free place
    theory = waiting / (places * (1 - busy))
    assert waits(Load(places, busy, 1)).mean == pytest.approx(theory, rel=0.1)
