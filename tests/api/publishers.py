"""An application that sends, served over HTTP, and a caller of its endpoints' API."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from layeron import Backend, backend, secret, webhooks
from layeron.adapters.secret_file import SecretFile
from layeron.adapters.secret_sources import FILE_NAME
from layeron.secrets import ENCRYPTION_KEY, Secret
from tests.api.serving import serving
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer

URL = "https://93.184.216.34/hooks"
"""A public address that needs no look-up; nothing is sent there."""

TOKEN = "token-of-a-customer"
SIGNING_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = "an encryption key for these tests"


def declare() -> Backend:
    """Publishers that differ in how they sign."""
    app = backend()
    app.use(
        webhooks.out(
            "out",
            endpoints=[
                {"name": "crm", "url": URL, "secret": secret("CRM_SECRET")},
                {"name": "audit", "url": URL, "headers": {"Authorization": f"Bearer {TOKEN}"}},
                {"name": "ninas", "url": URL, "user_id": "nina"},
            ],
            event_types={"order.paid": {"example": {"total": 5}}, "order.void": {}},
            endpoints_per_user=3,
        ),
        webhooks.out("bare", namespace="team", signing={"header": "x-signature"}),
        webhooks.out("stored", signing={"header": "x-signature", "secret": secret("CRM_SECRET")}),
        webhooks.out("unsigned", signing={"algorithm": "none"}),
    )
    return app


@dataclass
class Caller:
    """Calls the API as a holder of a key does."""

    http: httpx2.AsyncClient
    service: Service

    async def __call__(
        self, method: str, path: str = "", *, webhook: str = "default/out", **options: Any
    ) -> httpx2.Response:
        return await self.http.request(method, f"/api/v1/webhooks/{webhook}{path}", **options)

    async def created(self, *, webhook: str = "default/out", **options: Any) -> dict[str, Any]:
        """A new endpoint and its secret, as the API answers them."""
        answer = await self("POST", "/endpoints", webhook=webhook, json={"url": URL, **options})
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        assert sorted(told) == ["endpoint", "secret"]
        return told

    async def refused(
        self, status: int, code: str, method: str, path: str = "", **options: Any
    ) -> str:
        """The message of an error that a call must be answered with."""
        answer = await self(method, path, **options)
        assert answer.status_code == status, answer.text
        error = answer.json()["error"]
        assert error["code"] == code
        return str(error["message"])


async def names(api: Caller, **query: Any) -> list[str]:
    """Of the endpoints of a page, in its order."""
    answer = await api("GET", "/endpoints", params=query)
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["endpoints"]]


@asynccontextmanager
async def calling(
    folder: Path, temporal: TemporalServer, app: Backend | None = None, **settings: Any
) -> AsyncGenerator[Caller]:
    """Serve an application with its data in *folder*."""
    secrets = SecretFile(folder / FILE_NAME)
    secrets.set(ENCRYPTION_KEY, KEY)
    secrets.set(Secret("CRM_SECRET"), SIGNING_SECRET)
    async with (
        running_service(app or declare(), folder, temporal, **settings) as service,
        serving(service) as address,
        httpx2.AsyncClient(
            base_url=f"http://{address}",
            headers={"authorization": f"Bearer {service.key}"},
            timeout=60,
            trust_env=False,
        ) as http,
    ):
        yield Caller(http, service)
