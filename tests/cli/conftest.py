"""A running service, and commands in processes of their own that speak to it."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from layeron import Backend, Context, Event, backend, secret, webhooks
from layeron.adapters.secret_file import SecretFile
from layeron.adapters.secret_sources import FILE_NAME
from layeron.secrets import ENCRYPTION_KEY, Secret
from tests.api.serving import serving
from tests.support.command import Result, layeron, refusal, said
from tests.support.customer import Customer, running_customer
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME

SECRETS = {
    ENCRYPTION_KEY.name: "an encryption key for these tests",
    "CRM_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    SECRET_NAME: SECRET,
}


@dataclass(frozen=True)
class Terminal:
    """Gives commands to the running service.

    Attributes:
        customer: the server whose address is that of the endpoints ``crm`` and ``queue``.
        folder: where they are given.
    """

    service: Service
    customer: Customer
    folder: Path
    environment: dict[str, str]

    async def run(self, *arguments: str | Path, stdin: str = "") -> Result:
        """Run a command to its end."""
        return await asyncio.to_thread(
            layeron, *arguments, folder=self.folder, stdin=stdin, **self.environment
        )

    async def said(self, *arguments: str | Path, stdin: str = "") -> str:
        """What a command prints that must succeed."""
        return await asyncio.to_thread(
            said, *arguments, folder=self.folder, stdin=stdin, **self.environment
        )

    async def refusal(self, *arguments: str | Path, stdin: str = "") -> str:
        """The one sentence of a command that must fail."""
        return await asyncio.to_thread(
            refusal, *arguments, folder=self.folder, stdin=stdin, **self.environment
        )

    async def json(self, *arguments: str | Path, stdin: str = "") -> Any:
        """What a command prints with --json."""
        return json.loads(await self.said(*arguments, "--json", stdin=stdin))

    async def lines(self, *arguments: str | Path) -> list[dict[str, Any]]:
        """What a command prints with --json that prints one object a line."""
        return [json.loads(line) for line in (await self.said(*arguments, "--json")).splitlines()]


def _declare(url: str) -> Backend:
    app = backend()

    async def handle(event: Event, ctx: Context) -> None:
        await ctx.log("looking at it", kind=event.event_type)
        if event.event_type.endswith("refused"):
            raise ValueError("the ledger is closed\x1b[31m")

    app.use(
        webhooks.custom(
            name="vendor",
            path="/webhooks/vendor",
            signature={"header": "x-signature", "secret": secret(SECRET_NAME)},
            delivery={"retry": {"attempts": 3, "initial_delay_seconds": 0.1}},
            handler=handle,
        ),
        webhooks.out(
            "out",
            namespace="team",
            endpoints=[
                {
                    "name": "crm",
                    "url": url,
                    "secret": secret("CRM_SECRET"),
                    "retry": {"schedule": []},
                },
            ],
            event_types={"order.paid": {"example": {"total": 5}}, "order.void": {}},
        ),
    )
    return app


@pytest_asyncio.fixture(scope="session")
async def terminal(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Terminal]:
    """The terminal of somebody with a key."""
    folder = tmp_path_factory.mktemp("terminal")
    secrets = SecretFile(folder / FILE_NAME)
    for name, value in SECRETS.items():
        secrets.set(Secret(name), value)
    async with (
        running_customer() as customer,
        running_service(
            _declare(customer.url), folder, temporal, outbound_allow="127.0.0.0/8"
        ) as service,
        serving(service) as address,
    ):
        environment = {"LAYERON_URL": f"http://{address}", "LAYERON_API_KEY": service.key}
        yield Terminal(service, customer, folder, environment)
