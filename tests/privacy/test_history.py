"""What the engine's operator can read: everything without a codec, and only ids with one.

Both are looked for in the file of a real engine, and in histories as a client without a key has
them.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest

from layeron import Backend, Event, PermanentError, backend, webhooks
from tests.privacy.codec import NAME, forms, kept
from tests.support.fulfilment import Fulfil, count_try, reserve
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer, free_port
from tests.support.vendor import QUICK, add_vendor, send, send_new

PARTS = ("answer", "body", "cause", "error", "header", "id", "order", "sent")
LOGGED_ONLY = {"cause"}
"""A handler's traceback goes to our database and log; it never leaves for the engine."""


class Canaries(dict[str, str]):
    """Texts that nothing else holds, one for each place that something private comes from."""

    def __init__(self) -> None:
        super().__init__({part: f"canary-{part}-{uuid.uuid4().hex}" for part in PARTS})

    def found_in(self, texts: Sequence[str]) -> set[str]:
        return {
            part
            for part, canary in self.items()
            if any(form in each for form in forms(canary) for each in texts)
        }


def declared(canaries: Canaries) -> Backend:
    def answer(_: Event) -> dict[str, str]:
        return {"answer": canaries["answer"]}

    def fail(_: Event) -> None:
        raise PermanentError(canaries["error"]) from ValueError(canaries["cause"])

    app = backend()
    add_vendor(app, "answers", handler=answer, delivery={**QUICK, "queue": False})
    add_vendor(app, "fails", handler=fail)
    add_vendor(app, "fulfils", handler=Fulfil)
    url = f"http://127.0.0.1:{free_port()}/"
    publisher = webhooks.out(
        "out",
        namespace=f"p{uuid.uuid4().hex[:12]}",
        endpoints=[{"name": "gone", "url": url, "retry": {"attempts": 1}}],
    )
    app.use(publisher, reserve, count_try)
    return app


async def lived(canaries: Canaries, service: Service) -> list[str]:
    """Let an event of every kind happen; the ids of their workflows."""
    asked = {"id": canaries["id"], "text": canaries["body"]}
    answer = await send(service, asked, path="/webhooks/answers", x_note=canaries["header"])
    assert answer.json() == {"answer": canaries["answer"]}
    failed = await send_new(service, {"id": "2"}, path="/webhooks/fails")
    fulfilled = await send_new(service, {"order": canaries["order"]}, path="/webhooks/fulfils")
    (publisher,) = service.app.publishers
    sent = await publisher.send("invoice.paid", {"text": canaries["sent"]})
    for event_id in (failed, fulfilled, sent.event_id):
        await service.settled(event_id)
    events = [each.events for each in service.app.webhooks]
    events += [each.events for each in service.app.publishers]
    return [record.workflow_id for each in events for record in (await each.list()).events]


@pytest.mark.parametrize("codec", [None, NAME], ids=["without a codec", "with a codec"])
async def test_a_codec_is_what_keeps_the_engines_operator_from_reading(
    codec: str | None, tmp_path: Path, temporal: TemporalServer, database: Sequence[Path]
) -> None:
    canaries = Canaries()
    async with running_service(
        declared(canaries), tmp_path, temporal, codec=codec, outbound_allow="127.0.0.0/8"
    ) as service:
        workflows = await lived(canaries, service)
    assert len(workflows) == 4
    operator = await temporal.connect()
    histories = [text for each in workflows async for text in kept(operator, each)]
    assert len(histories) > 40
    files = [each.read_bytes().decode("latin-1") for each in database]
    # A provider's id is part of its workflow's, which no codec reaches.
    readable = set(PARTS) - LOGGED_ONLY if codec is None else {"id"}
    assert canaries.found_in(histories) == readable
    assert canaries.found_in(files) == readable
