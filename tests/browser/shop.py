"""A shop whose warehouse is closed at times: its orders fail then, and succeed when replayed."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layeron import Event, PermanentError, webhooks
from layeron.adapters.secret_file import SecretFile
from layeron.adapters.secret_sources import FILE_NAME
from layeron.outbound.declaration import OutboundWebhook
from layeron.request import Request
from layeron.secrets import ENCRYPTION_KEY, Secret
from tests.api.sending import fresh
from tests.support.customer import running_customer
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME, send_new, vendor

SECRETS = {
    SECRET_NAME: SECRET,
    ENCRYPTION_KEY.name: "a key of more than thirty-two characters",
}


@dataclass
class Warehouse:
    """Handles orders while it is open, and answers its endpoint so as well."""

    is_open: bool = False

    def handle(self, _: Event) -> None:
        if not self.is_open:
            raise PermanentError("the warehouse is closed")

    async def answer(self, _: Request) -> int:
        return 204 if self.is_open else 500


@dataclass
class Shop:
    """The service and what its events meet."""

    service: Service
    publisher: OutboundWebhook
    warehouse: Warehouse

    async def failed(self, **fields: Any) -> str:
        """An order that was given up; its id."""
        self.warehouse.is_open = False
        event_id = await send_new(self.service, fresh(**fields), path="/webhooks/orders")
        await self.service.settled(event_id)
        return event_id

    async def sent_in_vain(self) -> str:
        """An event that its endpoint refused; its id."""
        self.warehouse.is_open = False
        sent = await self.publisher.send("order.packed", {"order": 7})
        await self.service.settled(sent.event_id)
        return sent.event_id


@asynccontextmanager
async def opened(folder: Path, temporal: TemporalServer) -> AsyncGenerator[Shop]:
    secrets = SecretFile(folder / FILE_NAME)
    for name, value in SECRETS.items():
        secrets.set(Secret(name), value)
    warehouse = Warehouse()
    async with running_customer(warehouse.answer) as receiver:
        app, _ = vendor("orders", handler=warehouse.handle)
        publisher = webhooks.out(
            "parcels",
            namespace=app.webhooks[0].namespace,
            endpoints=[{"name": "carrier", "url": receiver.url, "retry": {"attempts": 1}}],
        )
        app.use(publisher)
        known: dict[str, Any] = {
            "temporal_ui": "https://temporal.example.com",
            "outbound_allow": "127.0.0.0/8",
        }
        async with running_service(app, folder, temporal, **known) as service:
            yield Shop(service, publisher, warehouse)
