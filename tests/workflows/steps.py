"""Workflows of a user's own: one that is pure, and one that does what workflow code must not."""

import random
import socket
import time
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import httpx2
from pydantic import BaseModel
from temporalio import workflow

from layeron import Event

NOWHERE = "http://127.0.0.1:9"


class Order(BaseModel):
    """The body of an event."""

    id: str
    amount: Decimal


@workflow.defn
class Ordinary:
    """Reads its event with an ordinary library, and takes time and chance from the engine."""

    @workflow.run
    async def run(self, event: Event) -> str:
        """Add one."""
        order = Order.model_validate_json(event.raw_body)
        known = workflow.now().tzinfo == UTC and 0 <= workflow.random().random() < 1
        return f"{order.amount + 1} {known} {workflow.uuid4().version}"


IMPURE: Mapping[str, Callable[[], object]] = {
    "datetime.datetime.now": lambda: datetime.now(UTC),
    "time.time": time.time,
    "time.sleep": lambda: time.sleep(0),
    "random.random": random.random,
    "uuid.uuid4": uuid.uuid4,
    "socket.create_connection": lambda: socket.create_connection(("127.0.0.1", 9)),
    "urllib.request.urlopen": lambda: urllib.request.urlopen(NOWHERE),
    "httpx2.get": lambda: httpx2.get(NOWHERE),
    "pathlib.Path.read_text": lambda: Path("/etc/hostname").read_text(),
}
"""What gives another result each time, by its name."""


@workflow.defn
class Impure:
    """Does what its event says."""

    @workflow.run
    async def run(self, event: Event) -> str:
        """Do it."""
        payload = event.payload
        assert isinstance(payload, dict)
        return str(IMPURE[str(payload["id"])]())
