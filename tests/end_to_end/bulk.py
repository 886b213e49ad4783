"""What tests of bulk replays share."""

from collections.abc import Collection
from typing import Any, cast

from layeron import InboundWebhook
from layeron.operating_records import BulkReplay
from layeron.records import EventStatus
from tests.support.recorded import BODY, STORED, put_on_record
from tests.support.service import Service, eventually


async def recorded(
    service: Service, webhook: InboundWebhook, count: int, **options: Any
) -> list[str]:
    """Events of a webhook put on record; their ids, the newest first."""
    body = options.get("body", STORED)
    await service.tools.blobs.put(body.name, BODY)
    url = service.settings.effective_database_url
    ids = put_on_record(url, webhook.namespace, webhook.name, count, **options)
    return ids[::-1]


async def started(service: Service, status: int = 202, **asked: Any) -> dict[str, Any]:
    """What the API answers to a bulk replay that is asked for."""
    answer = await service.api("POST", "/bulk-replays", json={"rate_per_second": 100, **asked})
    assert answer.status_code == status, answer.text
    return cast("dict[str, Any]", answer.json())


async def told(service: Service, bulk_id: str, command: str) -> dict[str, Any]:
    """What the API answers to a command."""
    answer = await service.api("POST", f"/bulk-replays/{bulk_id}/{command}")
    assert answer.status_code == 200, answer.text
    return cast("dict[str, Any]", answer.json())


async def ended(service: Service, bulk_id: str) -> BulkReplay:
    """A bulk replay, once it is over."""

    async def look() -> BulkReplay | None:
        bulk = await service.tools.bulk_replays.get(bulk_id)
        return bulk if bulk.status in {"finished", "stopped"} else None

    return await eventually(look)


async def examined(service: Service, bulk_id: str, least: int) -> BulkReplay:
    """A bulk replay, once it has looked at so many events."""

    async def look() -> BulkReplay | None:
        bulk = await service.tools.bulk_replays.get(bulk_id)
        return bulk if bulk.examined >= least else None

    return await eventually(look)


async def at_rest(service: Service, bulk_id: str) -> None:
    """Until the workflow of a bulk replay has nothing to do but to wait."""
    handle = service.temporal.get_workflow_handle(f"bulk/{bulk_id}")

    async def look() -> bool | None:
        raw = (await handle.describe()).raw_description
        has_task = raw.HasField("pending_workflow_task")
        return None if has_task or raw.pending_activities else True

    await eventually(look)


async def all_replayed(
    service: Service, ids: Collection[str], status: EventStatus = "succeeded"
) -> None:
    """Until each of these events has been replayed once, and no more, and that has ended."""
    for each in ids:
        record = await service.settled(each, {status}, replays=1)
        assert record.replay_count == 1
