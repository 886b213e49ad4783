"""Send events to a service as a provider does, and ask its API as an operator does."""

import contextlib
import json
import time
from typing import Any, cast

import httpx2

from layeron.records import FINAL_STATUSES
from tests.support.command import PATIENCE_SECONDS
from tests.support.vendor import sign


def post(url: str, event_id: str, event_type: str = "order.created") -> httpx2.Response:
    """Send one signed event."""
    body = json.dumps({"id": event_id, "type": event_type}).encode()
    return httpx2.post(
        f"{url}/webhooks/vendor",
        content=body,
        headers={"x-signature": sign(body)},
        trust_env=False,
        timeout=PATIENCE_SECONDS,
    )


def accepted(url: str, event_id: str, event_type: str = "order.created") -> str:
    """Our id of an event that must be accepted."""
    answer = post(url, event_id, event_type)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["event_id"])


class Operator:
    """Holds a key to one or more addresses of an API."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self._headers = {"authorization": f"Bearer {key}"}

    def get(self, path: str) -> httpx2.Response:
        """Ask the API."""
        return httpx2.get(
            f"{self.url}/api/v1{path}", headers=self._headers, trust_env=False, timeout=30
        )

    def post(self, path: str, asked: object) -> httpx2.Response:
        """Have the API do something."""
        return httpx2.post(
            f"{self.url}/api/v1{path}",
            json=asked,
            headers=self._headers,
            trust_env=False,
            timeout=30,
        )

    def event(self, event_id: str) -> dict[str, Any]:
        """One event as the API shows it; nothing while it is not there."""
        answer = self.get(f"/events/{event_id}")
        return cast("dict[str, Any]", answer.json()) if answer.is_success else {}

    def settled(self, event_id: str, status: str | None = None) -> dict[str, Any]:
        """An event that has come to its end, or to this status."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        wanted = {status} if status else FINAL_STATUSES
        record: dict[str, Any] = {}
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx2.TransportError):  # it is being killed and started
                record = self.event(event_id)
            if record.get("status") in wanted:
                return record
            time.sleep(0.1)
        raise AssertionError(f"{event_id} is not settled: {record}")


def outcomes(record: dict[str, Any]) -> list[str]:
    """How the attempts of an event ended."""
    return [each["outcome"] for each in record["attempts"]]
