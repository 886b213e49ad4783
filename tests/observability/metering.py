"""A service whose two processes are scraped after everything has happened that is counted."""

import json
import shutil
import time
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from tests.observability.listening import listening
from tests.processes.sending import Operator
from tests.support.command import PATIENCE_SECONDS, running, said
from tests.support.temporal import NAMESPACE
from tests.support.vendor import sign

APPLICATION = Path(__file__).with_name("metered.py")


@dataclass(frozen=True)
class Sample:
    """One line of a scrape."""

    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Scrape:
    """What both processes told."""

    api: str
    worker: str

    @property
    def samples(self) -> list[Sample]:
        """All lines of both."""
        return [
            Sample(each.name, each.labels, each.value)
            for text in (self.api, self.worker)
            for family in text_string_to_metric_families(text)
            for each in family.samples
        ]

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples with these labels; fails if there are none."""
        found = [
            each.value
            for each in self.samples
            if each.name == name and labels.items() <= each.labels.items()
        ]
        assert found, f"{name} {labels} is not in the scrape"
        return sum(found)


def _as_asked(path: str, _headers: Mapping[str, str], _body: bytes) -> int:
    """An endpoint that answers the status that its path names."""
    return int(path.strip("/"))


def scraped_service(folder: Path, temporal: str) -> Scrape:
    """Run API and worker, let everything happen once, and scrape both."""
    shutil.copy(APPLICATION, folder)
    with ExitStack() as stack:
        endpoint = stack.enter_context(listening(_as_asked))
        variables = {
            "LAYERON_APP": "metered:app",
            "LAYERON_PORT": "0",
            "LAYERON_METRICS_PORT": "0",
            "LAYERON_TEMPORAL_ADDRESS": temporal,
            "LAYERON_TEMPORAL_NAMESPACE": NAMESPACE,
            "LAYERON_TASK_QUEUE": f"metered-{uuid.uuid4().hex}",
            "LAYERON_OUTBOUND_ALLOW": "127.0.0.0/8",
            "LAYERON_ENCRYPTION_KEY": "a key of more than thirty-two characters",
            "LAYERON_MAX_BODY": "64KiB",
            "CRM_URL": f"{endpoint}/204",
            "GONE_URL": f"{endpoint}/410",
            "DOWN_URL": f"{endpoint}/500",
            "CRM_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        }
        said("db", "upgrade", folder=folder, **variables)
        key = said("keys", "create", "tests", folder=folder, **variables).strip()
        api, worker = (
            stack.enter_context(
                running(each, folder=folder, log=folder / f"{each}.log", **variables)
            )
            for each in ("serve", "worker")
        )
        url = api.until(r"the API listens on (http://[0-9.:]+)")[1]
        pages = [
            each.until(r"metrics are served on (http://[0-9.:]+/metrics)")[1]
            for each in (api, worker)
        ]
        worker.until("the worker runs on task queue")
        _let_happen(url, Operator(url, key))
        scrape = Scrape(*(_scrape(each) for each in pages))
        # What was sent is written down a moment after its event.
        deadline = time.monotonic() + PATIENCE_SECONDS
        while 'reason="gone",webhook="billing"} 1.0' not in scrape.worker:
            assert time.monotonic() < deadline, scrape.worker
            time.sleep(0.2)
            scrape = Scrape(*(_scrape(each) for each in pages))
        return scrape


def _let_happen(url: str, operator: Operator) -> None:
    for event_type in ("order.created", "order.refused"):
        body = json.dumps({"id": f"evt_{uuid.uuid4().hex}", "type": event_type}).encode()
        accepted = _post(url, "vendor", body, sign(body))
        assert accepted.status_code == 202, accepted.text
        operator.settled(accepted.json()["event_id"])
        assert _post(url, "vendor", body, sign(body)).json()["status"] == "duplicate"
    assert _post(url, "vendor", b"{}", "00" * 32).status_code == 401
    assert _post(url, "vendor", bytes(2**17), "00" * 32).status_code == 413
    quiet = json.dumps({"id": "evt_quiet", "type": "any"}).encode()
    operator.settled(_post(url, "quiet", quiet, sign(quiet)).json()["event_id"])


def _post(url: str, webhook: str, body: bytes, signature: str) -> httpx2.Response:
    return httpx2.post(
        f"{url}/webhooks/{webhook}",
        content=body,
        headers={"x-signature": signature},
        trust_env=False,
        timeout=PATIENCE_SECONDS,
    )


def _scrape(page: str) -> str:
    answer = httpx2.get(page, trust_env=False, timeout=PATIENCE_SECONDS)
    assert answer.status_code == 200, answer.text
    return answer.text
