"""Retention: what is old goes, the rest stays, and what was erased says so."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import ScheduleActionStartWorkflow

from layeron import BodyErasedError, ConfigurationError, Event, InboundWebhook, webhooks
from layeron.client import HTTPGateway
from layeron.errors import BodyLostError, NotFoundError
from layeron.identity import new_rejection_id
from layeron.records import RejectionRecord
from layeron.settings import load_settings
from tests.api.serving import serving
from tests.support.recorded import BODY, STORED, put_on_record
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import add_vendor, ignore, send_new, vendor

OLD = timedelta(days=40)
OLDEST = timedelta(days=100)


async def body_of(service: Service, event_id: str) -> bytes | None:
    record = await service.tools.records.get_event(event_id)
    try:
        return await service.tools.blobs.get(record.body.name)
    except BodyLostError:
        return None


async def on_record(
    service: Service, webhook: InboundWebhook, *, before: timedelta, **options: Any
) -> str:
    """An event of some time ago, with a body of its own."""
    name = f"{webhook.namespace}/{webhook.name}/{before.days}-{options.get('status')}"
    body = replace(STORED, name=name)
    await service.tools.blobs.put(body.name, BODY)
    (event_id,) = put_on_record(
        service.settings.effective_database_url,
        webhook.namespace,
        webhook.name,
        1,
        before=before,
        body=body,
        **options,
    )
    return event_id


async def retained(service: Service) -> None:
    """Let the schedule do its work once, now."""
    queue = service.settings.task_queue
    await service.tools.engine.schedule_retention()
    schedule = service.temporal.get_schedule_handle(f"retention/{queue}")
    before = len((await schedule.describe()).info.recent_actions)
    await schedule.trigger()

    async def look() -> bool | None:
        info = (await schedule.describe()).info
        is_over = len(info.recent_actions) > before and not info.running_actions
        return is_over or None

    await eventually(look)


async def refused(service: Service, *, before: timedelta) -> str:
    """A rejection of some time ago; its id."""
    at = datetime.now(UTC) - before
    record = RejectionRecord(
        id=new_rejection_id(at),
        namespace="default",
        webhook="vendor",
        received_at=at,
        cause="no_match",
        detail="no signature matched",
        method="POST",
        url="/webhooks/vendor",
        headers=[],
        size=0,
        body_sha256="",
    )
    await service.tools.records.add_rejection(record, keep=10)
    return record.id


async def test_rejections_go_after_ninety_days_though_records_are_kept_for_ever(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal) as service:
        oldest = await on_record(service, webhook, before=OLDEST)
        for before in (OLD, OLDEST):
            await refused(service, before=before)
        await retained(service)
        left = await service.tools.records.list_rejections(limit=10)
        assert [datetime.now(UTC) - each.received_at < OLDEST for each in left.rejections] == [True]
        assert await exists(service, oldest)


async def exists(service: Service, event_id: str) -> bool:
    try:
        await service.tools.records.get_event(event_id)
    except NotFoundError:
        return False
    return True


async def test_bodies_go_first_and_records_later_by_the_policy_of_each_webhook(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore, retention={"bodies": "30d", "records": "90d"})
    keeper = add_vendor(app, "keeper", retention={"bodies": "forever", "records": "forever"})
    silent = add_vendor(app, "silent")
    async with running_service(app, tmp_path, temporal, keep_records="60d") as service:
        new = await send_new(service, {"id": "1"})
        await service.settled(new)
        old = await on_record(service, webhook, before=OLD)
        oldest = await on_record(service, webhook, before=OLDEST)
        unended = await on_record(service, webhook, before=OLDEST, status="retrying")
        kept = await on_record(service, keeper, before=OLDEST)
        young = await on_record(service, silent, before=OLD)
        gone = await on_record(service, silent, before=OLDEST)
        await retained(service)
        assert [await exists(service, each) for each in (oldest, gone)] == [False, False]
        bodies = [await body_of(service, each) for each in (new, old, unended, kept, young)]
        assert bodies == [b'{"id": "1"}', None, BODY, BODY, BODY]
        record = await service.tools.records.get_event(old)
        assert record.body_erased_at is not None
        with pytest.raises(BodyLostError):
            await service.tools.blobs.get(f"{webhook.namespace}/vendor/100-None")
        await retained(service)
        again = await service.tools.records.get_event(old)
        assert again.body_erased_at == record.body_erased_at


async def test_more_than_a_page_goes_in_one_run_also_of_webhooks_that_are_declared_no_more(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal, keep_records="60d") as service:
        url = service.settings.effective_database_url
        await service.tools.blobs.put(STORED.name, BODY)
        put_on_record(url, webhook.namespace, "vendor", 1_100, before=OLDEST)
        put_on_record(url, webhook.namespace, "forgotten", 3, before=OLDEST)
        (last,) = put_on_record(url, webhook.namespace, "vendor", 1, before=OLD)
        await retained(service)
        page = (await service.api("GET", "/events")).json()
        assert [each["id"] for each in page["events"]] == [last]


async def test_an_event_without_its_body_says_so_and_is_not_replayed(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal) as service, serving(service) as address:
        event_id = await send_new(service, {"id": "1"})
        await service.settled(event_id)
        for _ in range(2):
            answer = await service.api("POST", f"/events/{event_id}/erase")
            assert answer.status_code == 200, answer.text
            assert answer.json()["body_erased_at"] is not None
        assert await body_of(service, event_id) is None
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        for method, path in (("GET", "payload"), ("POST", "replay")):
            answer = await service.api(method, f"/events/{event_id}/{path}")
            assert answer.status_code == 410
            error = answer.json()["error"]
            assert error["code"] == "body_erased"
            assert f"the body was deleted on {today}" in error["message"]
        gateway = HTTPGateway(f"http://{address}", service.key)
        for ask in (
            lambda: webhook.events.payload(event_id),
            lambda: webhook.events.replay(event_id),
            lambda: gateway.get_payload(event_id),
        ):
            with pytest.raises(BodyErasedError, match="by the retention policy or on request"):
                await ask()
        assert (await webhook.events.get(event_id)).replay_count == 0


async def test_an_event_that_is_still_handled_keeps_its_body(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_: Event) -> None:
        began.set()
        await go_on.wait()

    app, _ = vendor(handler=wait)
    async with running_service(app, tmp_path, temporal) as service:
        event_id = await send_new(service, {"id": "1"})
        await asyncio.wait_for(began.wait(), 20)
        answer = await service.api("POST", f"/events/{event_id}/erase")
        assert answer.status_code == 409
        assert "erase it when it has ended" in answer.json()["error"]["message"]
        go_on.set()
        assert (await service.settled(event_id)).status == "succeeded"
        assert (await service.api("POST", f"/events/{event_id}/erase")).status_code == 200


async def test_workers_and_operators_find_one_schedule_however_often_it_is_made(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        queue = service.settings.task_queue
        schedule = service.temporal.get_schedule_handle(f"retention/{queue}")
        await service.tools.engine.schedule_retention()
        await schedule.pause(note="not on this weekend")
        await service.tools.engine.schedule_retention()
        known = (await schedule.describe()).schedule
        assert (known.state.paused, known.state.note) == (True, "not on this weekend")
        assert [each.every for each in known.spec.intervals] == [timedelta(hours=1)]
        assert isinstance(known.action, ScheduleActionStartWorkflow)
        assert known.action.task_queue == queue


def test_records_that_would_go_before_their_bodies_are_refused() -> None:
    for wrong in ({"bodies": "30d", "records": "7d"}, {"bodies": "forever", "records": "7d"}):
        with pytest.raises(ConfigurationError, match="'vendor': option 'retention': records are"):
            vendor(retention=wrong)
    with pytest.raises(ConfigurationError, match=r"'retention\.bodies': '30 days' is not"):
        vendor(retention={"bodies": "30 days"})
    with pytest.raises(ConfigurationError, match="did you mean 'bodies'"):
        vendor(retention={"body": "30d"})
    with pytest.raises(ConfigurationError, match=r"'billing': option 'retention': records are"):
        webhooks.out("billing", retention={"bodies": "30d", "records": "7d"})
    with pytest.raises(ConfigurationError, match="LAYERON_KEEP_RECORDS: records are kept less"):
        load_settings(keep_bodies="30d", keep_records="7d")
