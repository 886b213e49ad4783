"""A service over HTTP that has something of everything on record."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from layeron import Backend, Event, PermanentError, backend, webhooks
from layeron.adapters.secret_file import SecretFile
from layeron.adapters.secret_sources import FILE_NAME
from layeron.secrets import ENCRYPTION_KEY, Secret
from tests.api.serving import serving
from tests.support.customer import running_customer
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME, add_vendor, send_new

NAMESPACE = "shop"


@dataclass(frozen=True)
class Furnished:
    """The service, where it is served, and ids of what it has."""

    service: Service
    address: str
    events: list[str]
    rejection: str


def declare(url: str) -> Backend:
    app = backend()
    add_vendor(app, "vendor", namespace=NAMESPACE, handler=_handle)
    app.use(
        webhooks.out(
            "out",
            namespace=NAMESPACE,
            endpoints=[
                {"name": "crm", "url": url},
                {"name": "ninas", "url": url, "user_id": "nina"},
                {"name": "inturn", "url": url, "event_types": ["turn.*"], "fifo": True},
            ],
        )
    )
    return app


def _handle(event: Event) -> None:
    if event.event_type == "bad":
        raise PermanentError("refused for good")


@asynccontextmanager
async def furnished(folder: Path, temporal: TemporalServer) -> AsyncGenerator[Furnished]:
    secrets = SecretFile(folder / FILE_NAME)
    secrets.set(ENCRYPTION_KEY, "an encryption key for these tests")
    secrets.set(Secret(SECRET_NAME), SECRET)
    async with (
        running_customer() as customer,
        running_service(
            declare(customer.url), folder, temporal, outbound_allow="127.0.0.0/8"
        ) as service,
        serving(service) as address,
    ):
        good = await send_new(service, {"type": "good"})
        bad = await send_new(service, {"type": "bad"})
        out = service.app.publisher(NAMESPACE, "out")
        assert out is not None
        sent = (await out.send("order.paid", {"total": 5}, user_id="nina")).event_id
        for each in (good, bad, sent):
            await service.settled(each)
        await service.post("/webhooks/vendor", {"type": "forged"})

        async def rejected() -> str | None:
            page = await service.tools.records.list_rejections(limit=1)
            return page.rejections[0].id if page.rejections else None

        rejection = await eventually(rejected)
        yield Furnished(service, address, [good, bad, sent], rejection)
