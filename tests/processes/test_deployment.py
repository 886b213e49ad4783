"""``layeron serve`` and ``layeron worker`` as they are deployed."""

import json
import socket
from collections.abc import Generator

import httpx2
import pytest

from tests.processes.deployed import API, BUCKET, Deployment, log_lines
from tests.processes.sending import accepted, outcomes
from tests.support.command import Running, refusal
from tests.support.postgres import fresh_database


@pytest.fixture(scope="module")
def worker(deployment: Deployment) -> Generator[Running]:
    with deployment.worker("worker") as running:
        yield running


@pytest.mark.usefixtures("worker")
def test_an_event_goes_through_bucket_and_database(deployment: Deployment, api: API) -> None:
    event = accepted(api.url, "deployed")
    record = api.operator.settled(event)
    assert outcomes(record) == ["succeeded"]
    body = api.operator.get(f"/events/{event}/payload").content
    assert json.loads(body) == {"id": "deployed", "type": "order.created"}
    listed = httpx2.get(f"{deployment.storage}/storage/v1/b/{BUCKET}/o", trust_env=False).json()
    assert f"raw/{record['body']['name']}" in [each["name"] for each in listed["items"]]
    assert httpx2.get(f"{api.url}/health/ready", trust_env=False).is_success


def test_every_log_line_is_an_object_that_names_its_event(api: API, worker: Running) -> None:
    event = accepted(api.url, "logged", "order.refused")
    worker.until(f"{event}: attempt 3 failed, now dead_letter.*\n")
    lines = [*log_lines(api.process), *log_lines(worker)]
    assert all({"severity", "time", "logger", "message"} <= set(line) for line in lines)
    about = [line for line in lines if line.get("event_id") == event]
    assert [line["severity"] for line in about] == ["INFO", *["WARNING"] * 3]
    assert "ValueError: the ledger is closed" in about[-1]["exception"]


def test_a_variable_that_is_misspelt_is_told_of(api: API) -> None:
    assert "LAYERON_MAX_BODDY is no setting; is it misspelt?" in api.process.output


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_schema_that_is_behind_is_refused_with_the_mend(
    command: str, deployment: Deployment
) -> None:
    with fresh_database() as database:
        variables = {**deployment.variables, "LAYERON_DATABASE_URL": database}
        told = refusal(command, folder=deployment.folder, **variables)
    assert told.endswith("run: layeron db upgrade.")


def test_a_missing_secret_is_refused(deployment: Deployment) -> None:
    told = refusal("serve", folder=deployment.folder, **deployment.variables, VENDOR_SECRET="")
    assert "VENDOR_SECRET has no value" in told


def test_a_taken_port_is_refused(deployment: Deployment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        variables = {**deployment.variables, "LAYERON_PORT": str(port)}
        told = refusal("serve", folder=deployment.folder, **variables)
    assert told.startswith(f"port {port} on 127.0.0.1 cannot be used (Address already in use)")
    assert "LAYERON_PORT" in told
