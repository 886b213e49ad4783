"""Attempts made without an engine: real stores, and Temporal's environment for activities."""

import hashlib
import json
import uuid
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.inbound import InboundActivities
from layeron import InboundWebhook
from layeron.adapters.database import upgrade
from layeron.adapters.toolbox import open_toolbox
from layeron.identity import new_event_id
from layeron.ports.engine import Handled
from layeron.ports.toolbox import Toolbox
from layeron.records import AttemptRecord, BodyReference, InboundEvent
from layeron.settings import load_settings
from tests.support.vendor import vendor


@dataclass
class Attempts:
    """The activities of one application, and one event of it.

    Attributes:
        beats: how often the attempts beat.
    """

    tools: Toolbox
    activities: InboundActivities
    event: InboundEvent
    body: bytes
    beats: int = 0

    async def make(self, number: int = 1, **changes: Any) -> Handled:
        """Make the attempt of this number, of the event with these changes."""
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, attempt=number)
        environment.on_heartbeat = self._beat
        event = replace(self.event, **changes)
        return await environment.run(self.activities.handle_event, event, self.body)

    async def recorded(self) -> list[AttemptRecord]:
        """The attempts on record."""
        return (await self.tools.records.get_event(self.event.event_id)).attempts

    def _beat(self, *_: object) -> None:
        self.beats += 1


@asynccontextmanager
async def attempts_at(
    folder: Path, handler: Callable[..., Any], payload: object = None, **options: Any
) -> AsyncGenerator[Attempts]:
    """Attempts of a webhook with this handler, on stores of their own."""
    app, webhook = vendor(handler=handler, **options)
    body = json.dumps(payload).encode()
    settings = load_settings(data_dir=folder)
    upgrade(settings.effective_database_url)
    async with open_toolbox(settings) as tools:
        with ThreadPoolExecutor(4) as threads:
            activities = InboundActivities(
                app=app,
                records=tools.records,
                blobs=tools.blobs,
                secrets=tools.secrets,
                threads=threads,
            )
            yield Attempts(tools, activities, _event(webhook, body), body)


def _event(webhook: InboundWebhook, body: bytes) -> InboundEvent:
    now, key = datetime.now(UTC), uuid.uuid4().hex
    return InboundEvent(
        event_id=new_event_id(now),
        workflow_id=f"inbound/{webhook.namespace}/{webhook.name}/{key}",
        namespace=webhook.namespace,
        webhook=webhook.name,
        provider=webhook.provider.name,
        event_type="order.created",
        external_event_id=key,
        dedupe_key=key,
        dedupe_ttl_seconds=3600,
        method="POST",
        url="http://hooks.example.com/webhooks/vendor",
        headers=[("content-type", "application/json")],
        body=BodyReference(f"tests/{key}", len(body), hashlib.sha256(body).hexdigest()),
        body_stored=False,
        signature_status="verified",
        received_at=now,
        policy=webhook.policy,
    )
