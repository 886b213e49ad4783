"""Events on record by the thousand, as they would be after a bad night, without that night."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlmodel import col, select

from layeron.adapters.database.engine import open_engine
from layeron.adapters.database.tables import EventRow, WebhookRow
from layeron.identity import inbound_workflow_id, new_event_id
from layeron.records import BodyReference, EventStatus

BODY = b'{"id": "1", "type": "order.created"}'
STORED = BodyReference("recorded/body", len(BODY), hashlib.sha256(BODY).hexdigest())
"""The one body of all of them, which a test puts into the store."""


_AT_ONCE = 500


def put_on_record(
    url: str,
    namespace: str,
    webhook: str,
    count: int,
    *,
    status: EventStatus = "dead_letter",
    event_type: str = "order.created",
    body: BodyReference = STORED,
    before: timedelta = timedelta(minutes=1),
) -> list[str]:
    """Insert received events, one a millisecond; their ids, the oldest first.

    Args:
        url: of the database.
        namespace: of their webhook.
        webhook: that received them.
        count: how many.
        status: of each.
        event_type: of each.
        body: of each.
        before: how long ago the newest was received.
    """
    newest = datetime.now(UTC) - before
    times = [newest - timedelta(milliseconds=count - 1 - n) for n in range(count)]
    ids = [new_event_id(at) for at in times]
    rows: list[dict[str, object]] = [
        {
            "id": event_id,
            "direction": "inbound",
            "namespace": namespace,
            "webhook": webhook,
            "provider": "custom",
            "event_type": event_type,
            "external_event_id": event_id,
            "external_event_key": event_id,
            "status": status,
            "signature_status": "verified",
            "received_at": at,
            "updated_at": at,
            "method": "POST",
            "url": f"/webhooks/{webhook}",
            "headers": [],
            "body_name": body.name,
            "body_size": body.size,
            "body_sha256": body.sha256,
            "dedupe_key": event_id,
            "workflow_id": inbound_workflow_id(namespace, webhook, event_id),
            "attempt_count": 1,
            "replay_count": 0,
        }
        for event_id, at in zip(ids, times, strict=True)
    ]
    _insert(url, namespace, webhook, rows)
    return ids


def _insert(url: str, namespace: str, webhook: str, rows: Sequence[dict[str, object]]) -> None:
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            place = (col(WebhookRow.namespace) == namespace, col(WebhookRow.name) == webhook)
            if connection.execute(select(WebhookRow.name).where(*place)).first() is None:
                owner = {"namespace": namespace, "name": webhook, "direction": "inbound"}
                connection.execute(insert(WebhookRow), [owner])
            for first in range(0, len(rows), _AT_ONCE):
                connection.execute(insert(EventRow), list(rows[first : first + _AT_ONCE]))
    finally:
        engine.dispose()
