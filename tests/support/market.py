"""A market that receives orders and tells its partners: something for every page of a dashboard."""

import json
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.responses import Response

from layeron import Backend, Event, PermanentError, backend, secret, webhooks
from layeron.adapters.secret_file import SecretFile
from layeron.adapters.secret_sources import FILE_NAME
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.records import EndpointRecord
from layeron.request import Request
from layeron.secrets import ENCRYPTION_KEY, Secret
from tests.api.sending import hmac_hex
from tests.support.customer import Customer, running_customer
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, send_new

ORDERS_SECRET = "MARKET_ORDERS_SECRET"
SECRETS: Mapping[str, str] = {
    ORDERS_SECRET: SECRET,
    "STRIPE_WEBHOOK_SECRET": "whsec_of_the_market",
    ENCRYPTION_KEY.name: "a key of more than thirty-two characters",
}


@dataclass
class Partner:
    """What the partners' server answers."""

    status: int = 200
    body: str = "taken"

    def answer(self, _: Request) -> Response:
        return Response(self.body, self.status)


@dataclass
class Market:
    """The service, and who it speaks with."""

    service: Service
    publisher: OutboundWebhook
    partner: Partner
    customer: Customer
    folder: Path
    seen: list[str] = field(default_factory=list[str])

    @property
    def namespace(self) -> str:
        return self.publisher.namespace

    @property
    def place(self) -> str:
        """The publisher, as pages name it."""
        return f"{self.publisher.namespace}/{self.publisher.name}"

    def set_secret(self, name: str, value: str) -> None:
        """Change a secret where the service reads it."""
        SecretFile(self.folder / FILE_NAME).set(Secret(name), value)

    async def endpoint(self, **options: Any) -> EndpointRecord:
        """A new endpoint at the partners' server."""
        made: dict[str, Any] = {"url": self.customer.url, "retry": {"schedule": []}, **options}
        place = f"/webhooks/{self.place}/endpoints"
        answer = await self.service.api("POST", place, json=made)
        assert answer.status_code == 201, answer.text
        return await self.publisher.endpoints.get(answer.json()["endpoint"]["id"])

    async def rejected(self, payload: object = None, **headers: str) -> str:
        """A request that does not verify; the id of its rejection."""
        body = json.dumps(payload or {"id": str(uuid.uuid4()), "type": "order.paid"}).encode()
        sent = {"x_signature": "0" * 64, **headers}
        answer = await self.service.post("/webhooks/orders", body=body, **sent)
        assert answer.status_code == 401

        async def look() -> str | None:
            records = self.service.tools.records
            page = await records.list_rejections(limit=5)
            whole = [await records.get_rejection(each.id) for each in page.rejections]
            return next((each.id for each in whole if each.body == body), None)

        return await eventually(look)

    async def rejected_then_mended(self, payload: object, key: str) -> str:
        """A request signed with a key that the service learns too late; its rejection's id."""
        signature = hmac_hex(key, json.dumps(payload).encode())
        rejection = await self.rejected(payload, x_signature=signature)
        self.set_secret(ORDERS_SECRET, key)
        return rejection

    async def received(self, **fields: Any) -> str:
        """An order that has been handled; its id."""
        order = {"id": f"evt_{uuid.uuid4()}", "type": "order.paid", **fields}
        event_id = await send_new(self.service, order, path="/webhooks/orders")
        await self.service.settled(event_id)
        return event_id


@asynccontextmanager
async def running_market(
    folder: Path, temporal: TemporalServer, namespace: str | None = None, **settings: Any
) -> AsyncGenerator[Market]:
    """Run it; in a namespace that nothing else has, if none is named."""
    secrets = SecretFile(folder / FILE_NAME)
    for name, value in SECRETS.items():
        secrets.set(Secret(name), value)
    partner, seen = Partner(), list[str]()
    async with running_customer(partner.answer) as customer:
        app, publisher = _declared(namespace or f"m{uuid.uuid4().hex[:12]}", customer.url, seen)
        known: dict[str, Any] = {"outbound_allow": "127.0.0.0/8", **settings}
        async with running_service(app, folder, temporal, **known) as service:
            yield Market(service, publisher, partner, customer, folder, seen)


def _declared(namespace: str, url: str, seen: list[str]) -> tuple[Backend, OutboundWebhook]:
    def handle_order(event: Event) -> None:
        seen.append(event.id)
        if event.event_type == "order.refused":
            raise PermanentError("the warehouse knows no such article")

    app = backend()
    publisher = webhooks.out(
        "partners",
        namespace=namespace,
        endpoints=[
            {"name": "crm", "url": url, "retry": {"attempts": 1}},
            {"name": "ledger", "url": url, "fifo": True, "event_types": ["ledger.*"]},
        ],
        event_types={"order.shipped": {"example": {"order": 7}}, "ledger.entry": {}},
    )
    app.use(
        webhooks.custom(
            name="orders",
            namespace=namespace,
            path="/webhooks/orders",
            signature={"header": "x-signature", "secret": secret(ORDERS_SECRET)},
            delivery={"retry": {"attempts": 3, "initial_delay_seconds": 0.1}},
            on={"order.paid": handle_order, "order.*": handle_order},
        ),
        webhooks.stripe(
            namespace=namespace,
            path="/webhooks/stripe",
            secret=secret("STRIPE_WEBHOOK_SECRET"),
            on={"invoice.paid": handle_order},
        ),
        publisher,
    )
    return app, publisher
