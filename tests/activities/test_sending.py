"""An activity that sends, run again by the engine after its worker died at the wrong moment."""

from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.courier import Courier, Tools
from activities.outbound import OutboundActivities
from layeron import webhooks
from layeron.outbound.notices import ATTEMPT_EXHAUSTED, ENDPOINT_DISABLED
from layeron.outbound.records import OutboundEvent
from layeron.secrets import ENCRYPTION_KEY
from layeron.services import connect_services
from tests.sending.declared import SECRET, SECRET_NAME, publisher
from tests.support.customer import always, running_customer
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer


def activities_of(service: Service) -> OutboundActivities:
    services = connect_services(service.app, service.tools, service.settings)
    tools = Tools(
        app=service.app,
        blobs=service.tools.blobs,
        deliveries=service.tools.deliveries,
        secrets=service.tools.secrets,
        sender=service.tools.sender,
        vault=services.vault,
        seals=services.seals,
    )
    return OutboundActivities(
        tools,
        engine=service.tools.engine,
        publishing=services.publishing,
        courier=Courier(tools, at_once=9, at_once_to_one=9),
    )


async def test_what_ended_before_the_worker_died_is_told_to_the_operator_all_the_same(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    monkeypatch.setenv(ENCRYPTION_KEY.name, "a key of more than thirty-two characters")
    monkeypatch.setenv("LAYERON_OUTBOUND_ALLOW", "127.0.0.0/8")
    async with running_customer(always(410)) as gone, running_customer(always(500)) as bad:
        ops = webhooks.out("operations")
        app, out = publisher(gone.url, bad.url, operational=ops, retry={"schedule": []})
        async with running_service(app, tmp_path, temporal, worker=False) as service:
            sent = await out.send("invoice.paid", {})

            async def started() -> tuple[OutboundEvent, bytes | None] | None:
                found = await service.tools.engine.find(sent.event_id)
                assert found is not None
                assert isinstance(found.event, OutboundEvent)
                return found.event, found.body

            event, body = await eventually(started)
            outbound = activities_of(service)
            first = await ActivityEnvironment().run(outbound.deliver_first, event, body)
            again = await ActivityEnvironment().run(outbound.deliver_first, event, body)
            (gone_id, _) = event.endpoints
            one = replace(event, endpoints=[gone_id])
            forced = False
            alone = await ActivityEnvironment().run(outbound.deliver, one, gone_id, forced)
    assert {each.event_type for each in first.notices} == {ENDPOINT_DISABLED, ATTEMPT_EXHAUSTED}
    by_type = attrgetter("event_type")
    assert sorted(again.notices, key=by_type) == sorted(first.notices, key=by_type)
    assert [each.event_type for each in alone.notices] == [ENDPOINT_DISABLED]
    assert (len(gone.requests), len(bad.requests)) == (1, 1)
