"""A service with its spans exported: its processes, its provider, its customer."""

import json
import shutil
import time
import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.observability.collector import Collector, Exported
from tests.observability.listening import listening
from tests.processes.sending import Operator
from tests.support.command import PATIENCE_SECONDS, Running, running, said
from tests.support.temporal import NAMESPACE
from tests.support.vendor import sign

HERE = Path(__file__).parent
CARD = "4242424242424242"
SENDERS_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SENDERS_SPAN = "00f067aa0ba902b7"
TRACEPARENT = f"00-{SENDERS_TRACE}-{SENDERS_SPAN}-01"
UNSAMPLED = "00-5bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b8-00"
BAGGAGE = "user=a-stranger"


@dataclass
class Customer:
    """What an endpoint was sent: the header fields of each request."""

    url: str = ""
    requests: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])

    def wait(self) -> None:
        """Return once there is a request."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.requests:
            assert time.monotonic() < deadline, "nothing was delivered"
            time.sleep(0.05)


@contextmanager
def customer() -> Generator[Customer]:
    """An endpoint on loopback, until the end of the block."""
    known = Customer()

    def take(_path: str, headers: Mapping[str, str], _body: bytes) -> int:
        known.requests.append(headers)
        return 204

    with listening(take) as address:
        known.url = f"{address}/hooks/a-token-in-the-path?key=a-query"
        yield known


@dataclass
class Shop:
    """The application of `shop.py` in two processes, and what became of its events.

    Attributes:
        records: of its events as the API shows them, by type.
        said: by both processes.
        work: starts the worker.
    """

    customer: Customer
    collector: Collector
    records: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    url: str = ""
    operator: Operator | None = None
    said: str = ""
    work: Callable[[], None] = field(init=False)

    def receive(self, event_type: str, traceparent: str = TRACEPARENT) -> None:
        """Send an event as a provider does that has a trace of its own, and wait for its end."""
        self.settle(event_type, self.accept(event_type, traceparent))

    def accept(self, event_type: str, traceparent: str = TRACEPARENT) -> str:
        """Send an event; its id."""
        sent = {"id": f"evt_{uuid.uuid4().hex}", "type": event_type, "card": CARD}
        body = json.dumps(sent).encode()
        answer = self.post(body, {"x-signature": sign(body), "traceparent": traceparent})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["event_id"])

    def settle(self, event_type: str, event_id: str) -> None:
        """Wait for the end of an event."""
        assert self.operator is not None
        self.records[event_type] = self.operator.settled(event_id)

    def post(self, body: bytes, headers: Mapping[str, str]) -> httpx2.Response:
        """Send a request that names a trace."""
        named = {"traceparent": TRACEPARENT, "baggage": BAGGAGE, **headers}
        return httpx2.post(f"{self.url}/webhooks/vendor", content=body, headers=named,
                           trust_env=False, timeout=PATIENCE_SECONDS)  # fmt: skip

    def trace_of(self, event_type: str) -> list[Exported]:
        """All spans of the trace that an event was received in."""
        event_id = self.records[event_type]["id"]
        (receipt,) = [
            each
            for each in self.collector.spans
            if each.name == "receive" and each.attributes.get("layeron.event.id") == event_id
        ]
        return [each for each in self.collector.spans if each.trace_id == receipt.trace_id]


@contextmanager
def running_shop(
    folder: Path, temporal: str, collector: Collector, endpoint: Customer, **more: str
) -> Generator[Shop]:
    """Run the application's API, and its worker once asked to, until the end of the block."""
    for name in ("shop.py", "flow.py"):
        shutil.copy(HERE / name, folder)
    variables = {
        "LAYERON_APP": "shop:app",
        "LAYERON_PORT": "0",
        "LAYERON_TEMPORAL_ADDRESS": temporal,
        "LAYERON_TEMPORAL_NAMESPACE": NAMESPACE,
        "LAYERON_TASK_QUEUE": f"traced-{folder.name}",
        "LAYERON_OUTBOUND_ALLOW": "127.0.0.0/8",
        "LAYERON_ENCRYPTION_KEY": "a key of more than thirty-two characters",
        "LAYERON_INBOX_AFTER": "1s",
        "CRM_URL": endpoint.url,
        "CRM_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        # What is exported is exported at the end of the processes, so nothing is lost there.
        "OTEL_BSP_SCHEDULE_DELAY": "600000",
        **more,
    }
    shop = Shop(endpoint, collector)
    with ExitStack() as stack:
        said("db", "upgrade", folder=folder, **variables)
        key = said("keys", "create", "tests", folder=folder, **variables).strip()

        def run(command: str) -> Running:
            log = folder / f"{command}.log"
            return stack.enter_context(running(command, folder=folder, log=log, **variables))

        api = run("serve")
        shop.url = api.until(r"the API listens on (http://[0-9.:]+)")[1]
        shop.operator = Operator(shop.url, key)
        processes = [api]
        shop.work = lambda: processes.append(run("worker"))
        yield shop
    shop.said = "".join(each.output for each in processes)
