"""The deployment with an application that sends, and somebody who has it send."""

import shutil
import time
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.processes.deployed import API, Deployment
from tests.support.command import PATIENCE_SECONDS, Running

_APPLICATION = Path(__file__).with_name("billing.py")
_VARIABLES = {
    "LAYERON_APP": "billing:app",
    # Workers of the other application on the same engine have no part in this.
    "LAYERON_TASK_QUEUE": "billing",
    "LAYERON_OUTBOUND_ALLOW": "127.0.0.0/8",
    "LAYERON_ENCRYPTION_KEY": "a key of more than thirty-two characters",
}


@dataclass(frozen=True)
class Seller:
    """Has a key to the API, and starts workers."""

    deployment: Deployment
    api: API

    def worker(self, name: str, **more: str) -> AbstractContextManager[Running]:
        """Run a worker until the end of the block."""
        return self.deployment.worker(name, **_VARIABLES, **more)

    def add(self, name: str, url: str, **options: Any) -> None:
        """Add an endpoint."""
        answer = self._post("/endpoints", {"name": name, "url": url, **options})
        assert answer.status_code == 201, answer.text

    def send(self, key: str, *endpoints: str) -> str:
        """Our id of an event; it is sent as a caller does: again, until it is accepted."""
        event = {
            "type": "invoice.paid",
            "payload": {"key": key},
            "idempotency_key": key,
            "endpoints": endpoints,
        }
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            answer = self._post("/events", event)
            if answer.status_code == 202:
                return str(answer.json()["event_id"])
            assert answer.status_code == 503, answer.text
            time.sleep(0.05)
        raise AssertionError(f"event {key!r} was not accepted")

    def settled(self, events: Sequence[str]) -> list[dict[str, Any]]:
        """The events once they have come to their ends."""
        return [self.api.operator.settled(each) for each in events]

    def _post(self, path: str, body: object) -> httpx2.Response:
        return httpx2.post(
            f"{self.api.url}/api/v1/webhooks/default/billing{path}",
            json=body,
            headers={"authorization": f"Bearer {self.deployment.key}"},
            trust_env=False,
            timeout=PATIENCE_SECONDS,
        )


@contextmanager
def running_seller(deployment: Deployment) -> Generator[Seller]:
    """Run an API of the application until the end of the block."""
    shutil.copy(_APPLICATION, deployment.folder)
    with deployment.api("billing-api", **_VARIABLES) as api:
        yield Seller(deployment, api)
